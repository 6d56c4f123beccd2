// What jsdom lacks of a browser and htmx counts on.
const { evaluate } = XPathExpression.prototype;

XPathExpression.prototype.evaluate = function (node, type = 0, result = null) {
  return evaluate.call(this, node, type, result);
};

globalThis.CSS ??= { escape: (id: string) => id.replace(/[^\w-]/g, "\\$&") } as typeof CSS;
