import { element } from "./element.js";

/** The comments of a contract as elements: paragraphs, lists of lines that begin with `- `, and code between backticks. */
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

/** A line of text, with code where backticks say so. */
export function inline(text) {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? element("code", {}, part) : part));
}
