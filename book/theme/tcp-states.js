// @ts-check
// <sb-tcp-states>: both ends of a recorded connection in the state diagram
// of RFC 9293 (figure 5), and which call or segment moved which end.
(() => {
  'use strict';
  const { make, define, options, short, mark, capital } = sbStepper;
  const NS = 'http://www.w3.org/2000/svg';

  // Where each state stands, its column and row in the figure, and what it
  // means. CLOSED stands at both ends.
  const END = 'CLOSED ';
  /** @type {Record<string, [number, number, string]>} */
  const STATES = {
    CLOSED: [1, 0, 'there is no connection'],
    LISTEN: [1, 1, 'this end waits for a SYN from anywhere'],
    'SYN-SENT': [2, 2, 'connect was called and a SYN is out'],
    'SYN-RECEIVED': [0, 2, 'a SYN came and was answered, but not yet acknowledged'],
    ESTABLISHED: [1, 3, 'the handshake is complete at this end, and no FIN was sent or came'],
    'FIN-WAIT-1': [0, 4, 'this end closed before a FIN came, and its own is not yet acknowledged'],
    'FIN-WAIT-2': [0, 5, 'this end’s FIN is acknowledged, the peer may still send'],
    CLOSING: [1, 5, 'both closed at once: the peer’s FIN came before the ACK of ours'],
    'TIME-WAIT': [1, 6, 'this end’s FIN is acknowledged, the peer’s has come, and the last ACK may yet be lost'],
    'CLOSE-WAIT': [2, 4, 'the peer’s FIN came, and this end has not closed'],
    'LAST-ACK': [2, 5, 'this end closed second and its FIN is not yet acknowledged'],
    [END]: [2, 6, ''],
  };
  // From, to, what happens, what is sent, the line, and the label’s place.
  /** @type {[string, string, string, string, string, number, number][]} */
  const EDGES = [
    ['CLOSED', 'LISTEN', 'listen', '', 'M160 33L160 81', 140, 61],
    ['LISTEN', 'CLOSED', 'close', '', 'M184 83L184 35', 203, 61],
    ['CLOSED', 'SYN-SENT', 'connect', 'SYN', 'M216 20C300 20 318 90 318 157', 305, 24],
    ['SYN-SENT', 'CLOSED', 'close', '', 'M290 159C285 90 260 45 218 28', 247, 75],
    ['LISTEN', 'SYN-RECEIVED', 'SYN', 'SYN ACK', 'M150 109L66 157', 69, 130],
    ['SYN-RECEIVED', 'LISTEN', 'RST', '', 'M26 159C26 108 66 96 126 96', 35, 104],
    ['LISTEN', 'SYN-SENT', 'send', 'SYN', 'M194 109L278 157', 258, 124],
    ['SYN-SENT', 'SYN-RECEIVED', 'SYN', 'SYN ACK', 'M253 172L93 172', 172, 156],
    ['SYN-RECEIVED', 'ESTABLISHED', 'ACK', '', 'M66 185L148 233', 86, 220],
    ['SYN-SENT', 'ESTABLISHED', 'SYN ACK', 'ACK', 'M278 185L196 233', 269, 213],
    ['SYN-RECEIVED', 'FIN-WAIT-1', 'close', 'FIN', 'M26 185L26 309', 45, 248],
    ['ESTABLISHED', 'FIN-WAIT-1', 'close', 'FIN', 'M150 261L68 309', 128, 294],
    ['ESTABLISHED', 'CLOSE-WAIT', 'FIN', 'ACK', 'M194 261L276 309', 216, 294],
    ['FIN-WAIT-1', 'FIN-WAIT-2', 'ACK', '', 'M26 337L26 385', 40, 364],
    ['FIN-WAIT-1', 'CLOSING', 'FIN', 'ACK', 'M80 337L144 385', 133, 352],
    ['FIN-WAIT-1', 'TIME-WAIT', 'FIN ACK', 'ACK', 'M58 337C84 362 110 385 110 425C110 445 122 455 140 463', 87, 435],
    ['FIN-WAIT-2', 'TIME-WAIT', 'FIN', 'ACK', 'M34 413C34 460 70 476 126 476', 60, 484],
    ['CLOSING', 'TIME-WAIT', 'ACK', '', 'M172 413L172 461', 187, 441],
    ['CLOSE-WAIT', 'LAST-ACK', 'close', 'FIN', 'M297 337L297 385', 317, 358],
    ['LAST-ACK', END, 'ACK', '', 'M297 413L297 461', 312, 441],
    ['TIME-WAIT', END, '2 MSL', '', 'M216 476L251 476', 234, 489],
  ];

  /** @param {string} tag @param {Record<string, string | number>} props @param {...(Node|string)} content */
  const svg = (tag, props, ...content) => {
    const el = /** @type {SVGElement} */ (document.createElementNS(NS, tag));
    for (const name in props) el.setAttribute(name, `${props[name]}`);
    el.append(...content);
    return el;
  };
  const place = (/** @type {string} */ state) => [3 + 125 * STATES[state][0], 7 + 76 * STATES[state][1]];
  const label = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, name = '') => svg('text', { x, y, class: name }, text);

  /** The diagram: a group for each state, each transition, each host. */
  const diagram = () => {
    const edges = EDGES.map(([, , event, sent, d, x, y]) => {
      // An arrow’s head points along the line’s last two points.
      const [x0, y0, x1, y1] = (d.match(/\d+/g) || []).slice(-4).map(Number);
      const turn = Math.atan2(y1 - y0, x1 - x0) * 180 / Math.PI;
      return svg('g', { class: 'ts-edge' }, svg('path', { d }), svg('path', { class: 'ts-tip', d: 'M2 0L-7 -4L-7 4Z', transform: `translate(${x1} ${y1}) rotate(${turn})` }),
        label(event, x, y), ...sent ? [label('→ ' + sent, x, y + 11, 'ts-sent')] : []);
    });
    const states = Object.keys(STATES).map(state => {
      const [x, y] = place(state);
      return svg('g', { class: 'ts-state' }, svg('rect', { x, y, width: 88, height: 26, rx: 7 }), label(state.trim(), x + 44, y + 17));
    });
    const tokens = [0, 1].map(i => svg('g', { class: `ts-token h${i}` }, svg('rect', { x: -9, y: -9, width: 18, height: 18, rx: i ? 4 : 9 }), label('', 0, 4)));
    return { edges, states, tokens, all: svg('svg', { viewBox: '0 0 344 500', role: 'img' }, ...edges, ...states, ...tokens) };
  };

  define('tcp-states', 'Predict', `<div class=ts><div class=ts-map><p class=ts-key>what happens <i>→ what is sent</i> · 2 MSL is 60 s on Linux</p></div>
<div class=ts-side><div class=ts-stage></div><ol class=ts-log tabindex=0 aria-label="The steps, in order"></ol></div></div>`, root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.ts-' + name));
    const map = diagram();
    part('map').prepend(map.all);
    /** @type {SbRun} */ let run;
    /** The states of both at the start and after each step. @type {string[][]} */ let states;

    const event = (/** @type {SbStep} */ s) => s.kind === 'call' ? `${s.host} calls ${s.call}`
      : `${s.from}’s ${short(s)} ${s.fate === 'delivered' ? 'reaches ' + run.hosts.find(h => h.name !== s.from)?.name : `is ${s.fate} on the wire`}`;
    const actor = (/** @type {SbStep} */ s) => run.hosts.findIndex(h => h.name === (s.host || s.from));

    // Where the figure leads by what a host calls, or by a FIN that comes: for steps after which the kernels were not asked.
    const follow = (/** @type {string} */ state, /** @type {number} */ i, /** @type {SbStep} */ s) => EDGES.find(([from, , event]) => from === state
      && (s.kind === 'call' ? actor(s) === i && event === s.call
        : actor(s) !== i && s.fate === 'delivered' && event === 'FIN' && s.flags?.includes('FIN') && /^(ESTABLISHED|FIN-WAIT-2)$/.test(state)))?.[1] || state;

    const load = (/** @type {SbRun} */ chosen) => {
      run = chosen;
      // A run begins before the handshake, or with that behind it.
      const first = run.steps.find(s => s.states)?.states?.[0] || '', start = /^(CLOSED|LISTEN|SYN-)/.test(first) ? 'CLOSED' : 'ESTABLISHED';
      states = [[start, start]];
      for (const s of run.steps) states.push(s.states || states[states.length - 1].map((state, i) => follow(state, i, s)));
      map.tokens.forEach((token, i) => { token.children[1].textContent = run.hosts[i].name[0].toUpperCase(); });
      part('log').replaceChildren(make('li', 'ts-names', ...run.hosts.map(h => make('b', '', h.name))), ...run.steps.map((s, k) => {
        const moved = (/** @type {number} */ i) => make('span', states[k + 1][i] === states[k][i] ? 'ts-same' : 'ts-moved h' + i, states[k + 1][i]);
        const from = actor(s), text = s.kind === 'call' ? `${s.call}` : short(s);
        return make('li', '', moved(0), make('i', `${s.kind} a${from}${s.fate === 'delivered' || s.kind === 'call' ? '' : ' lost'}`, text), moved(1));
      }));
    };

    const draw = (/** @type {number} */ at, /** @type {boolean} */ open) => {
      const seen = open ? at - 1 : at, now = states[seen], step = run.steps[at - 1];
      const spot = (/** @type {number} */ i) => now[i] === 'CLOSED' && states.slice(0, seen).some(s => s[i] !== 'CLOSED') ? END : now[i];
      const keys = Object.keys(STATES);
      map.states.forEach((g, n) => { g.setAttribute('class', 'ts-state' + now.map((_, i) => spot(i) === keys[n] ? ' h' + i : '').join('')); });
      map.tokens.forEach((token, i) => {
        const [x, y] = place(spot(i));
        token.style.transform = `translate(${x + (i ? 85 : 3)}px, ${y}px)`;
      });
      map.edges.forEach((g, n) => {
        const [from, to] = EDGES[n].map(s => `${s}`.trim());
        const by = (/** @type {number} */ k) => [0, 1].filter(i => states[k - 1][i] === from && states[k][i] === to);
        const on = seen && !open ? by(seen) : [];
        let past = false;
        for (let k = 1; k < seen; k++) past ||= by(k).length > 0;
        g.setAttribute('class', `ts-edge${past ? ' past' : ''}${on.length ? ' on h' + on.join(' h') : ''}`);
      });
      map.all.ariaLabel = `The state diagram: ${run.hosts.map((h, i) => `${h.name} is in ${now[i]}`).join(', ')}`;
      const side = (/** @type {number} */ i) => make('div', `ts-host h${i}`, make('b', '', run.hosts[i].name), make('small', '', run.hosts[i].role || ''),
        make('code', 'nohighlight', now[i]));
      const middle = make('div', 'ts-wire');
      if (step?.kind === 'call') middle.append(make('span', `ts-call a${actor(step)}`, make('b', '', `${step.call}`), make('small', '', step.what || '')));
      else if (step) middle.append(make('b', '', short(step)), make('i', `ts-arrow a${actor(step)} ${step.fate}`),
        make('small', '', [`seq ${step.seq}`, ...step.ack == null ? [] : [`ack ${step.ack}`]].join(' · ')));
      if (step && !step.states && !open && `${now}` !== `${states[at - 1]}`) middle.append(make('small', '', 'by the figure'));
      part('stage').replaceChildren(side(0), middle, side(1));
      mark(part('log'), at, open, 1);
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const step = run.steps[at - 1], after = states[at], was = states[at - 1];
      if (!step.states || at === 1 && after[0] === 'ESTABLISHED') return null;
      const moved = after.findIndex((s, i) => s !== was[i]), i = moved >= 0 ? moved : step.kind === 'call' ? actor(step) : 1 - actor(step);
      const host = run.hosts[i], right = after[i], near = EDGES.filter(e => e[0] === was[i]).map(e => e[1].trim());
      const all = new Set([right, was[i], ...near, 'CLOSED', 'ESTABLISHED', 'CLOSE-WAIT', 'TIME-WAIT']);
      const shown = [...all].slice(0, 4), order = Object.keys(STATES);
      const sorted = shown.sort((a, b) => order.indexOf(a) - order.indexOf(b)), tell = `${capital(host.name)} is in ${right}: ${STATES[right][2]}. ${step.why || ''}`;
      const controls = options(sorted, right, settle, state => state === right ? `Right. ${tell}` : `Not ${state} (${STATES[state][2]}). ${tell}`);
      for (const button of controls) button.className = 'ts-option';
      return { text: capital(`${event(step)}. Which state is ${capital(host.name)}${host.role ? `, the ${host.role},` : ''} in now?`), controls };
    };
    return { load, draw, question, first: 0 };
  });
})();
