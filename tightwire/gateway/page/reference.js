// Starts the renderer of the reference, without fonts, proxy, telemetry or services of other origins. It offers no calls; the console does.
(() => {
  const place = document.getElementById("reference");
  const url = new URL("openapi.json", document.baseURI);

  const SETTINGS = {
    hideDarkModeToggle: true,
    withDefaultFonts: false,
    telemetry: false,
    hideTestRequestButton: true,
    hideClientButton: true,
    hiddenClients: true,
    showDeveloperTools: "never",
    agent: { disabled: true },
    mcp: { disabled: true },
    documentDownloadType: "none",
  };

  function isDark() {
    return document.documentElement.dataset.theme === "dark";
  }

  /** The renderer styles the page by these classes, and sets them only once. */
  function recolour() {
    document.body.classList.toggle("dark-mode", isDark());
    document.body.classList.toggle("light-mode", !isDark());
  }

  /** Shows the names of methods and services, where the renderer would show sentences. */
  function named(contract) {
    const paths = Object.entries(contract.paths ?? {}).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([verb, operation]) => [
          verb,
          { ...operation, summary: nameOf(operation["x-grpc-method"]) },
        ]),
      ),
    ]);
    const tags = contract.tags?.map((tag) => ({
      ...tag,
      "x-displayName": tag.name.slice(tag.name.lastIndexOf(".") + 1),
    }));
    return { ...contract, tags, paths: Object.fromEntries(paths) };
  }

  function nameOf(method = "") {
    return method.slice(method.lastIndexOf("/") + 1);
  }

  /** Set before it loads: its validator would compile code at runtime, which these pages forbid. */
  function loadRenderer() {
    globalThis.__zod_globalConfig = { jitless: true };
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("page/scalar.js", document.baseURI).href;
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(new Error("its renderer could not be loaded")));
      document.head.append(script);
    });
  }

  async function start() {
    const loaded = loadRenderer();
    const response = await fetch(url);
    if (!response.ok) throw new Error(`openapi.json responded with ${response.status}`);
    const contract = await response.json();
    await loaded;
    const content = named(contract);
    document.title = `Reference · ${contract.info.title}`;
    document.querySelector("[data-title]").textContent = contract.info.title;
    place.replaceChildren();
    window.Scalar.createApiReference(place, {
      ...SETTINGS,
      content,
      forceDarkModeState: isDark() ? "dark" : "light",
    });
    document.addEventListener("themechange", recolour);
  }

  start().catch((error) => {
    place.textContent = `The contract could not be shown: ${error.message}`;
  });
})();
