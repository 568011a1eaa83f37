import { element } from "./element.js";

/** Renders the comments of a contract: paragraphs, lists of lines that start with `- `, and code in backticks. */
export function prose(text = "") {
  return text
    .split(/\n\s*\n/)
    .filter((block) => block.trim() !== "")
    .map((block) => {
      const lines = block.trim().split("\n");
      if (!lines.every((line) => line.startsWith("- ")))
        return element("p", {}, ...inline(lines.join(" ")));
      return element("ul", {}, ...lines.map((line) => element("li", {}, ...inline(line.slice(2)))));
    });
}

/** Renders a line of text with code in backticks. */
export function inline(text) {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));
}
