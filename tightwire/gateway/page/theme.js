// Loaded before anything is drawn, so that nothing is drawn in the wrong colours first.
(() => {
  const KEY = "tightwire-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  /** What was chosen here before; undefined when that was nothing, or may not be read. */
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
      return; // nothing may be kept: the system's colours stay
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
