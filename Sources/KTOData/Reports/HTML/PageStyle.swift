/// The style of the page: readable without colour, in light and dark, on phones and in print.
let pageStyle: StaticString = """

  :root { color-scheme: light dark; --ink: #1b1d21; --paper: #fff; --soft: #f3f4f6; --line: #c9ccd3; --dim: #565b66;
    --good: #1f6f43; --warn: #8a5a00; --bad: #a4262c; --one: #2f6f9f; --other: #b5651d; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e6e7ea; --paper: #15171a; --soft: #1f2226; --line: #434852; --dim: #a3a9b5;
      --good: #74c99b; --warn: #e3b04b; --bad: #f28b82; --one: #6fb1de; --other: #e6a15c; }
  }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: var(--paper); color: var(--ink);
    font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
  h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
  h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
  h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
  p { margin: .5rem 0; max-width: 46rem; }
  .dim { color: var(--dim); }
  .verdict { border: 1px solid var(--line); border-left: .5rem solid var(--good); padding: .75rem 1rem; background: var(--soft); }
  .verdict.warning { border-left-color: var(--warn); }
  .verdict.error { border-left-color: var(--bad); }
  .verdict strong { font-size: 1.15rem; }
  nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
  a { color: inherit; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; margin: .5rem 0 1rem; font-variant-numeric: tabular-nums; }
  th, td { padding: .25rem .75rem .25rem 0; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap;
    overflow-wrap: normal; }
  th:first-child { text-align: left; font-weight: normal; white-space: normal; min-width: 9rem; max-width: 22rem;
    overflow-wrap: anywhere; }
  thead th, thead th:first-child { font-weight: 600; }
  .chart { width: 100%; max-width: 46rem; }
  .chart td, .chart th { border: 0; padding: .1rem .5rem .1rem 0; }
  .chart th:first-child { min-width: 0; white-space: nowrap; width: 1%; }
  .chart td.number { width: 1%; }
  .chart svg, .balance { display: block; width: 100%; }
  .balance { max-width: 46rem; }
  .patterns { position: absolute; }
  .bar { fill: var(--one); }
  .bar.other { fill: url(#hatch); stroke: var(--other); stroke-width: 1; }
  .bar.rest { fill: none; stroke: var(--dim); stroke-dasharray: 4 3; }
  #hatch rect { fill: var(--paper); }
  #hatch path { stroke: var(--other); stroke-width: 2.5; }
  .key { display: inline-block; width: 2rem; height: .8rem; margin-right: .4rem; vertical-align: baseline; }
  .finding { border-left: .25rem solid var(--warn); padding: .1rem 0 .1rem 1rem; margin: 1.25rem 0; }
  .finding.error { border-left-color: var(--bad); }
  .finding h3 { margin-top: 0; }
  .badge { border: 1px solid currentColor; border-radius: .25rem; padding: 0 .4rem; font-size: .85rem; font-weight: 600; }
  .error .badge { color: var(--bad); }
  .warning .badge { color: var(--warn); }
  summary { cursor: pointer; padding: .25rem 0; }
  ol, ul.list { padding-left: 1.5rem; }
  code { font: .9em ui-monospace, monospace; }
  article { border: 1px solid var(--line); padding: .5rem 1rem 1rem; margin: 1rem 0; }
  article h3 { margin: .5rem 0; }
  .message { margin: .75rem 0 0; }
  .role { font-weight: 600; font-size: .85rem; color: var(--dim); }
  pre { margin: .1rem 0 0; padding: .5rem .75rem; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere;
    font: .9rem/1.45 ui-monospace, monospace; max-height: 24rem; overflow-y: auto; }
  .leaf { display: flex; align-items: center; gap: .75rem; flex-wrap: wrap; }
  [hidden] { display: none; }
  button { font: inherit; padding: .4rem .9rem; color: inherit; background: var(--soft); border: 1px solid var(--dim);
    border-radius: .25rem; cursor: pointer; }
  :focus-visible { outline: 3px solid var(--one); outline-offset: 2px; }
  @media (max-width: 30rem) { th, td { padding-right: .5rem; } th:first-child { min-width: 6rem; } }
  @media print { .leaf, nav { display: none; } pre { max-height: none; } }

  """

/// Leafs through the samples. Without it all of them are shown.
let pageScript: StaticString = """

  (() => {
    const section = document.getElementById("samples");
    const items = section ? Array.from(section.querySelectorAll("article")) : [];
    if (items.length < 2) return;
    const bar = section.querySelector(".leaf");
    const place = bar.querySelector("output");
    let at = 0;
    const show = (next) => {
      at = (next + items.length) % items.length;
      items.forEach((item, index) => { item.hidden = index !== at; });
      place.textContent = `${at + 1} of ${items.length}`;
    };
    bar.querySelector(".back").addEventListener("click", () => show(at - 1));
    bar.querySelector(".next").addEventListener("click", () => show(at + 1));
    bar.hidden = false;
    show(0);
  })();

  """
