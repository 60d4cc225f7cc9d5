// The part of React's interface that the example uses, for its test: React is no dependency of this project. In StrictMode each
// effect runs, is undone and runs again when its component comes, and what unmounts is undone, as in React 18 and newer.
export const StrictMode = Symbol('StrictMode');

let component;
let redraw;

export const jsx = (type, { children, ...props }) => ({ type, props, children: [children].flat() });
export const jsxs = jsx;

export function useState(initial) {
  const { cells, at } = next();
  cells[at] ??= { value: initial };
  return [
    cells[at].value,
    (value) => {
      cells[at].value = value;
      redraw();
    },
  ];
}

export function useEffect(effect, dependencies) {
  const { cells, at } = next();
  const before = cells[at]?.dependencies;
  if (before?.every((each, index) => Object.is(each, dependencies[index]))) return;
  const cell = cells[at] ?? {};
  cells[at] = cell;
  component.due.push(() => {
    cell.undo?.();
    cell.undo = effect();
    if (!before) {
      cell.undo?.();
      cell.undo = effect();
    }
  });
  cell.dependencies = dependencies;
}

function next() {
  component.at += 1;
  return { cells: component.cells, at: component.at };
}

/** Components keep what they know by their place in the tree. */
export function createRoot(root) {
  let mounted = new Map();

  function draw(vnode, place, found) {
    if (vnode === undefined || vnode === null) return [];
    if (typeof vnode !== 'object') return [String(vnode)];
    const { type, props, children } = vnode;
    if (type === StrictMode) return children.flatMap((child, index) => draw(child, `${place}.${index}`, found));
    if (typeof type === 'function') {
      const path = `${place}/${type.name}`;
      const outer = component;
      component = { cells: mounted.get(path)?.cells ?? [], at: -1, due: [] };
      found.set(path, component);
      // Rendered twice, too, and the first time thrown away.
      const mine = component;
      type(props);
      Object.assign(mine, { at: -1 });
      const drawn = draw(type(props), path, found);
      component = outer;
      return drawn;
    }
    const element = document.createElement(type);
    for (const [name, value] of Object.entries(props)) {
      if (name.startsWith('on')) element.addEventListener(name.slice(2).toLowerCase(), value);
      else element.setAttribute(name, value);
    }
    element.append(...children.flatMap((child, index) => draw(child, `${place}.${index}`, found)));
    return [element];
  }

  return {
    render(app) {
      redraw = () => {
        const found = new Map();
        root.replaceChildren(...draw(app, '', found));
        for (const [path, { cells }] of mounted) if (!found.has(path)) for (const { undo } of cells) undo?.();
        mounted = found;
        for (const { due } of found.values()) for (const work of due) work();
      };
      redraw();
    },
  };
}
