// @ts-check
// <sb-two-stacks>: the stacks of a scheduler and its coroutines, the stack
// pointer that goes from one to another, the run queue, and who waits.
// Recorded by `cargo run -p lesson-coroutines -- switch --json`.
(() => {
  'use strict';
  const { make, define, options, mark } = sbStepper;
  /** What happened, and how things are after it. `left` says where a stack that isn't in use was left: below so many functions. @typedef {{who: string, call: string, what: string, why: string, running: string, queue: string[], waiting: {who: string, for: string}[], stacks: Record<string, string[]>, left: Record<string, number | null>}} Step */
  /** @typedef {{label: string, title: string, steps: Step[]}} Recorded */
  /** @typedef {SbRun & {rec: Recorded}} Run */

  const MAIN = 'main';
  const told = (/** @type {Step} */ s) => `${s.call} ${s.what}`.trim();

  /** @param {{demo: string, runs: Recorded[]}[]} recordings @returns {Run[]} */
  const runs = recordings => recordings.flatMap(({ demo, runs }) => runs.map(rec => ({
    demo, label: rec.label, title: rec.title, hosts: [], rec,
    steps: rec.steps.map(s => ({ kind: 'call', host: s.who, call: s.call, why: `${s.who === MAIN ? 'Main' : `Coroutine ${s.who}`}: ${told(s)}. ${s.why}` })),
  })));

  const LINE = (/** @type {string} */ name, /** @type {string} */ title) => `<div class=tw-line><small>${title}</small><span class=tw-${name}></span></div>`;
  const BODY = `<div class=tw><div class=tw-room><p class=tw-cpu><span><small>the processor’s</small>stack pointer</span></p><div class=tw-stacks></div>${LINE('queue', 'run queue, the first one left')}${LINE('waiting', 'waiting, in no queue')}</div>
<div class=tw-side><small>What happens</small><ol class=tw-log tabindex=0 aria-label="What happens"></ol></div></div>`;

  define('two-stacks', 'Ask me', BODY, root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.tw-' + name));
    /** @type {Recorded} */ let rec;
    /** Whose stacks there are, the scheduler's first. @type {string[]} */ let names;
    const hue = (/** @type {string} */ name) => name === MAIN ? '' : `h${names.indexOf(name) - 1}`;

    const load = (/** @type {SbRun} */ chosen) => {
      rec = /** @type {Run} */ (chosen).rec;
      names = [MAIN, ...Object.keys(rec.steps[rec.steps.length - 1].stacks).filter(name => name !== MAIN).sort()];
      part('room').style.setProperty('--n', `${names.length}`);
      part('log').replaceChildren(...rec.steps.map(s => make('li', hue(s.who), make('b', '', s.who), make('code', 'nohighlight', told(s)))));
    };

    /** What a coroutine does. @param {Step | undefined} now @param {string} name */
    const state = (now, name) => {
      if (!now) return name === MAIN ? 'runs' : 'not there';
      if (now.running === name) return 'runs';
      if (name === MAIN) return 'is in resume';
      if (!now.stacks[name]) return 'not there';
      if (now.left[name] === null) return 'has ended';
      return now.queue.includes(name) ? 'is queued' : 'waits';
    };

    /** A stack, the newest function at its foot. @param {Step | undefined} now @param {Step | undefined} was @param {string} name */
    const stack = (now, was, name) => {
      const frames = now?.stacks[name] || (name === MAIN ? [MAIN] : []), old = was?.stacks[name] || [], most = Math.max(...rec.steps.map(s => s.stacks[name]?.length || 0));
      const mood = state(now, name), runs = mood === 'runs', none = !now?.stacks[name]?.length && name !== MAIN;
      const moved = !!now && runs !== (state(was, name) === 'runs');
      const cells = frames.map((frame, i) => make('li', now && frame !== old[i] && name !== MAIN ? 'now' : '', frame));
      if (!none) cells.push(make('li', `tw-pointer${runs ? ' sp-here' : ''}${moved ? ' now' : ''}`, runs ? '▲ sp' : '▲ kept'));
      while (cells.length <= most) cells.push(make('li', 'tw-free', '\u00a0'));
      return make('section', `tw-stack ${hue(name)}${runs ? ' runs' : ''}${none ? ' none' : ''}`, make('strong', '', name), make('small', '', mood), make('ol', '', ...cells),
        ...name === MAIN ? [] : [make('div', 'tw-guard', none ? '' : 'guard page')]);
    };

    const chips = (/** @type {{who: string, text: string}[]} */ list) => list.length ? list.map(({ who, text }) => make('b', `tw-chip ${hue(who)}`, text)) : [make('i', '', 'nobody')];

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      const shown = open ? at - 1 : at, now = rec.steps[shown - 1], was = rec.steps[shown - 2];
      const runs = now?.running || MAIN;
      part('cpu').className = `tw-cpu ${hue(runs)}`;
      part('cpu').style.setProperty('--i', `${names.indexOf(runs)}`);
      part('stacks').replaceChildren(...names.map(name => stack(now, was, name)));
      part('queue').replaceChildren(...chips((now?.queue || []).map(who => ({ who, text: who }))));
      part('waiting').replaceChildren(...chips((now?.waiting || []).map(w => ({ who: w.who, text: `${w.who}, until its socket is ${w.for}` }))));
      /** @type {HTMLElement} */ (part('waiting').parentElement).hidden = !rec.steps.some(s => s.waiting.length);
      mark(part('log'), at, open);
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const s = rec.steps[at - 1], { who, call, why } = s;
      const ask = (/** @type {string} */ text, /** @type {string[]} */ shown, /** @type {string} */ right) => ({
        text, controls: options(shown, right, settle, chosen => `${chosen === right ? 'Right' : `No: ${right}`}. ${why}`),
      });
      const places = ['first in the queue', 'last in the queue', 'not in the queue'];
      const place = (/** @type {string} */ name) => places[s.queue.includes(name) ? +(s.queue[0] !== name || s.queue.length === 1) : 2];
      if (call === 'resume') return ask('Main resumes a coroutine. Who runs then?', names.slice(1), s.running);
      if (call === 'suspend') return ask(`Coroutine ${who} suspends. Where is it then?`, places, place(who));
      if (call === 'count') return ask(`Coroutine ${who} adds one to its count. What is it now?`, ['1', '2', '3', '4'], s.what.replace(/,.*/, ''));
      if (call === 'read') return ask(`Coroutine ${who} reads from its socket. What does it get?`, ['1 byte', 'EAGAIN', 'nothing: the thread waits'], /EAGAIN/.test(s.what) ? 'EAGAIN' : s.what);
      const woken = rec.steps[at - 2]?.waiting.find(w => s.queue.includes(w.who))?.who;
      return woken ? ask(`The poller says: ${s.what}. Where is ${woken} then?`, places, place(woken)) : null;
    };
    return { load, draw, question, first: 0 };
  }, runs);
})();
