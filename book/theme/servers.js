// @ts-check
// <sb-servers>: the processes, threads and descriptors of a server, while
// three clients come and go; one run for each model.
// Recorded by `cargo run -p lesson-socketserver -- compare --json`.
(() => {
  'use strict';
  const { make, define, options, mark, capital } = sbStepper;
  /** @typedef {{name: string, threads: string[], fds: {fd: number, what: string}[]}} Process */
  /** What a client did, and what the server consists of after it. @typedef {{who: string, call: string, what: string, why: string, processes: Process[], queue: string[]}} Step */
  /** @typedef {{label: string, title: string, steps: Step[]}} Recorded */
  /** @typedef {SbRun & {rec: Recorded}} Run */

  const count = (/** @type {number} */ n, /** @type {string} */ what) => `${n} ${what}${n === 1 ? '' : /s$/.test(what) ? 'es' : 's'}`;
  const threads = (/** @type {Step} */ s) => s.processes.flatMap(p => p.threads).length;
  /** The clients that the server has a connection to. @param {Step} s */
  const accepted = s => s.processes.flatMap(p => p.fds).flatMap(({ what }) => what.startsWith('client ') ? [what.slice(7)] : []);
  /** Who was there before a step, and isn't after it. @param {Step[]} steps @param {number} k */
  const leavers = (steps, k) => k ? [...accepted(steps[k - 1]), ...steps[k - 1].queue].filter(c => ![...accepted(steps[k]), ...steps[k].queue].includes(c)) : [];
  const told = (/** @type {Step} */ s) => `${s.call} ${s.what}`.trim();

  /** @param {{demo: string, runs: Recorded[]}[]} recordings @returns {Run[]} */
  const runs = recordings => recordings.flatMap(({ demo, runs }) => runs.map(rec => ({
    demo, label: rec.label, title: rec.title, hosts: [], rec,
    steps: rec.steps.map((s, k) => {
      const left = leavers(rec.steps, k).filter(c => c !== s.who).map(c => `Client ${c} closes. `).join('');
      return { kind: 'call', host: s.who, call: s.call, why: `${left}${s.who === 'server' ? 'Server' : `Client ${s.who}`}: ${told(s)}. ${s.why}` };
    }),
  })));

  const BODY = `<div class=sv><div class=sv-room><div class=sv-clients></div><p class=sv-counts></p><div class=sv-map></div></div>
<div class=sv-side><small>What happens</small><ol class=sv-log tabindex=0 aria-label="What happens"></ol></div></div>`;

  define('servers', 'Ask me', BODY, root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.sv-' + name));
    /** @type {Recorded} */ let rec;
    /** @type {string[]} */ let clients;
    const hue = (/** @type {string} */ text) => ` h${clients.findIndex(c => text.endsWith(' ' + c))}`.replace(' h-1', '');

    const load = (/** @type {SbRun} */ chosen) => {
      rec = /** @type {Run} */ (chosen).rec;
      clients = [...new Set(rec.steps.map(s => s.who))].filter(who => who !== 'server').sort();
      part('log').replaceChildren(...rec.steps.map((s, k) => {
        const left = leavers(rec.steps, k).filter(c => c !== s.who).map(c => `${c} close; `).join('');
        return make('li', hue(' ' + s.who).trim(), make('b', '', s.who), make('code', 'nohighlight', left + told(s)));
      }));
    };

    /** @param {number} at @param {string} name */
    const state = (at, name) => {
      if (!rec.steps.slice(0, at).some(s => s.who === name)) return ['out', 'not there yet'];
      const now = rec.steps[at - 1];
      if (now.queue.includes(name)) return ['waits', 'waits in the kernel'];
      if (!accepted(now).includes(name)) return ['out', 'has left'];
      return rec.steps.slice(0, at).some(s => s.who === name && s.call === 'recv') ? ['served', 'is served'] : ['waits', 'waits in the server'];
    };

    /** A thread or a descriptor: there, gone, or not yet seen; new since the last step. @param {string} text @param {string[]} was @param {string[]} is @param {boolean} ever @param {...(Node|string)} content */
    const item = (text, was, is, ever, ...content) => {
      const there = is.includes(text), mood = there ? hue(text) : ever ? ' gone' : ' yet';
      return make('li', mood.trim() + (there === was.includes(text) ? '' : ' now'), ...content);
    };

    /** @param {number} at @param {string} name */
    const box = (at, name) => {
      const steps = rec.steps.map(s => s.processes.find(p => p.name === name)), past = steps.slice(0, at), now = past[at - 1], was = past[at - 2];
      const names = (/** @type {(Process | undefined)[]} */ list) => [...new Set(list.flatMap(p => p ? p.threads : []))];
      const slots = (/** @type {Process | undefined} */ p) => p ? p.fds.map(({ fd, what }) => `${fd} ${what}`) : [];
      const numbers = [...new Set(steps.flatMap(p => p ? p.fds.map(s => s.fd) : []))].sort((a, b) => a - b);
      const found = (/** @type {Process | undefined} */ p, /** @type {number} */ fd) => slots(p).find(text => text.startsWith(`${fd} `)) || '';
      const seen = past.some(Boolean);
      return make('section', `sv-process${now ? hue(name) : seen ? ' gone' : ' yet'}${!now !== !was ? ' now' : ''}`,
        make('strong', '', name),
        make('small', '', now ? 'threads' : 'has ended'),
        make('ul', 'sv-threads', ...names(steps).map(t => item(t, names([was]), names([now]), names(past).includes(t), t))),
        make('small', '', 'descriptors'),
        make('ul', 'sv-fds', ...numbers.map(fd => {
          const is = found(now, fd), old = found(was, fd), ever = past.some(p => found(p, fd));
          return item(is, [old], is ? [is] : [], ever, make('b', '', `${fd}`), is ? is.replace(/^\d+/, '') : now ? ' free' : '');
        })));
    };

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      const shown = open ? at - 1 : at, now = rec.steps[shown - 1];
      part('clients').replaceChildren(...clients.map((name, i) => {
        const [mood, text] = state(shown, name);
        return make('span', `sv-client h${i} ${mood}`, make('b', '', name), ` ${text}`);
      }));
      part('counts').textContent = now ? `${count(now.processes.length, 'process')}, ${count(threads(now), 'thread')}, ${count(accepted(now).length, 'connection')}, ${now.queue.length} not accepted` : 'The server has not begun.';
      part('map').replaceChildren(...[...new Set(rec.steps.flatMap(s => s.processes.map(p => p.name)))].map(name => box(shown, name)));
      mark(part('log'), at, open);
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const s = rec.steps[at - 1], { who, why } = s, left = leavers(rec.steps, at - 1);
      if (who === 'server') return null;
      const ask = (/** @type {string} */ text, /** @type {string[]} */ shown, /** @type {string} */ right) => ({
        text, controls: options(shown, right, settle, chosen => `${chosen === right ? 'Right' : `No: ${right}`}. ${why}`),
      });
      if (!left.length) {
        const kernel = 'it waits in the kernel', server = 'it waits in the server', right = s.call === 'recv' ? 'it is answered' : s.queue.includes(who) ? kernel : server;
        return ask(`Client ${who} calls and says hello. What comes of it?`, ['it is answered', kernel, server], right);
      }
      if (left[0] !== who) return ask(`Client ${left[0]} leaves. Who is answered?`, [...clients.filter(c => c !== left[0]), 'nobody'], who);
      const many = rec.steps.some(({ processes }) => processes.length > 1), most = Math.max(...rec.steps.map(threads));
      const right = many ? s.processes.length : threads(s), shown = Array.from({ length: Math.max(most, 3) }, (_, i) => `${i + 1}`);
      return ask(`Client ${who} leaves. How many ${many ? 'processes' : 'threads'} are there then?`, shown, `${right}`);
    };
    return { load, draw, question, first: 0 };
  }, runs);
})();
