// Loaded before the first paint, so that the page does not flash in the wrong colours.
(() => {
  const KEY = "tightwire-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  /** The stored choice; undefined when there is none, or storage is not accessible. */
  function chosen() {
    try {
      const name = localStorage.getItem(KEY);
      return name === "light" || name === "dark" ? name : undefined;
    } catch {
      return undefined;
    }
  }

  function show() {
    root.dataset.theme = chosen() ?? (system.matches ? "dark" : "light");
    const button = document.querySelector("[data-theme-toggle]");
    button?.setAttribute(
      "aria-label",
      root.dataset.theme === "dark" ? "Use light colours" : "Use dark colours",
    );
    document.dispatchEvent(new CustomEvent("themechange"));
  }

  function toggle() {
    try {
      localStorage.setItem(KEY, root.dataset.theme === "dark" ? "light" : "dark");
    } catch {
      return; // storage is not accessible: the choice lasts until the page is closed
    }
    show();
  }

  show();
  system.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector("[data-theme-toggle]")?.addEventListener("click", toggle);
    show();
  });
})();
