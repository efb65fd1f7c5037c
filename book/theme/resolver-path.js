// @ts-check
// <sb-resolver-path>: whom a call asked for a name, what each said, and who
// was not asked any more. Recorded by `cargo run -p lesson-names -- resolve
// --json` and the like.
(() => {
  'use strict';
  const { make, define, options, capital } = sbStepper;
  /** A question to a source. @typedef {{source: string, what: string, asked: string, answers: string[], outcome: string, why: string}} Asked */
  /** @typedef {{call: string, name: string, title: string, steps: Asked[], result: string[], error?: string}} Call */
  /** The steps are the questions, and then what the call returned. @typedef {SbRun & {path: Call}} Run */

  /** @type {Record<string, string>} */
  const SIGNS = { found: '✓', 'not found': '✗', 'not asked': '–', 'no answer': '…' };
  const NOBODY = 'nobody: the call returns';
  const source = (/** @type {Asked} */ s) => `${s.source} ${s.what}`;
  const teller = (/** @type {Asked} */ s) => s.source === 'dns' ? `The DNS server at ${s.what}` : s.what;
  const code = (/** @type {string} */ text) => make('code', 'nohighlight', text);
  const returned = (/** @type {Call} */ path) => path.result.join(', ') || `an error: ${path.error || 'no such name'}`;

  /** @param {{demo: string, runs: Call[]}[]} recordings @returns {Run[]} */
  const runs = recordings => recordings.flatMap(({ demo, runs }) => runs.map(path => ({
    demo, label: path.call === 'getnameinfo' ? `who is ${path.name}` : path.name, title: capital(path.title), hosts: [], path,
    steps: [...path.steps.map(s => ({ kind: 'ask', why: `${teller(s)}: ${s.outcome}. ${capital(s.why)}.` })),
      { kind: 'result', why: `${path.call} returns ${returned(path)}. ${path.result.length ? 'It doesn’t tell who knew it.' : 'The error doesn’t tell who was asked.'}` }],
  })));

  define('resolver-path', 'Ask me', `<div class=rp><div class=rp-call><small>The program calls</small><div class=rp-asks></div><small>It gets</small><div class=rp-gets></div></div>
<ol class=rp-chain aria-label="The sources, in order"></ol></div>`, root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.rp-' + name));
    /** @type {Call} */ let path;
    /** Steps by the source that they ask. @type {Map<string, number[]>} */ let sources;

    const load = (/** @type {SbRun} */ chosen) => {
      path = /** @type {Run} */ (chosen).path;
      sources = new Map();
      path.steps.forEach((s, k) => sources.set(source(s), [...sources.get(source(s)) || [], k]));
      part('asks').replaceChildren(code(`${path.call}("${path.name}")`));
    };

    // A question and its answer; those still to come keep their room.
    const line = (/** @type {Asked} */ s, /** @type {boolean} */ seen, /** @type {boolean} */ now) => {
      const skipped = s.outcome === 'not asked', sign = make('i', s.outcome.replace(' ', '-'), SIGNS[s.outcome] || '?');
      const said = s.answers.length ? s.answers.flatMap((a, i) => i ? [', ', code(a)] : [code(a)]) : [s.outcome];
      return make('li', `${seen ? '' : 'todo'}${now ? 'now' : ''}`, sign, ...skipped ? [] : [make('span', 'rp-what', code(s.asked)), make('span', 'rp-to', '→')], make('span', '', ...said));
    };

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      const seen = open ? at - 1 : at, end = path.steps.length, done = seen > end;
      part('gets').className = `rp-gets${done ? path.result.length ? ' ok' : ' no' : ''}`;
      part('gets').replaceChildren(...done ? path.result.length ? path.result.map(code) : [returned(path)] : [open && at > end ? '?' : 'nothing yet']);
      part('chain').replaceChildren(...[...sources].map(([name, steps], i) => {
        const [by, ...what] = name.split(' '), now = steps.includes(seen - 1), began = steps[0] < seen, skipped = began && path.steps[steps[0]].outcome === 'not asked';
        const over = began && !now;
        const list = make('ul', '', ...steps.map(k => line(path.steps[k], k < seen, k === seen - 1)));
        return make('li', `rp-source h${i % 2}${skipped ? ' skipped' : now ? ' now' : over ? ' past' : began ? '' : ' todo'}`,
          make('div', 'rp-name', make('b', '', `${i + 1}`), make('strong', '', by), ' ', code(what.join(' '))), list);
      }));
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const step = path.steps[at - 1], before = path.steps[at - 2];
      if (!step) {
        const right = returned(path), first = path.steps.find(s => s.answers.length)?.answers || [];
        const shown = new Set([right, ...first.slice(0, 1), 'an empty list', path.result.length ? 'an error: Name or service not known' : path.name]);
        return { text: `What does ${path.call}("${path.name}") return?`, controls: options([...shown].sort(), right, settle, chosen => `${chosen === right ? 'Right' : `Not ${chosen}`}. It returns ${right}.${path.result.length > 1 ? ' One name may have several addresses; a program tries them in this order.' : ''}`) };
      }
      // One question for each source, and one for those that are left out.
      const skipped = step.outcome === 'not asked';
      if (before && (source(before) === source(step) || skipped && before.outcome === 'not asked')) return null;
      const right = skipped ? NOBODY : source(step);
      return { text: before ? `${teller(before)}: ${before.outcome}. Who is asked next?` : 'Who is asked first?',
        controls: options([...sources.keys(), NOBODY], right, settle, chosen => `${chosen === right ? 'Right' : `No: ${right}`}. ${skipped ? capital(step.why) : before ? capital(before.why) : 'The sources are asked in their order'}.`) };
    };
    return { load, draw, question, first: 0 };
  }, runs);
})();
