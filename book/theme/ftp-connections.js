// @ts-check
// <sb-ftp-connections>: FTP's two connections. The sockets of both ends and
// their states, and what goes over which connection, step by step.
// Recorded by `cargo run -p lesson-ftp -- two-connections --json`.
(() => {
  'use strict';
  const { make, define, options, mark, capital } = sbStepper;
  /** @typedef {{name: string, local: string, peer: string, state: string}} Socket */
  /** What an end did, and the sockets of both after it. @typedef {{who: string, connection: string, call: string, bytes: string, why: string, sockets: Record<string, Socket[]>}} Step */
  /** @typedef {{label?: string, title: string, steps: Step[]}} Recorded */
  /** @typedef {SbRun & {rec: Recorded}} Run */

  const HOSTS = ['client', 'server'], CONNECTIONS = ['control', 'data'];
  const hue = (/** @type {string} */ connection) => `h${CONNECTIONS.indexOf(connection)}`;
  /** Bytes in short: as in a literal of Rust. */
  const drawn = (/** @type {string} */ bytes, most = 64) => {
    const long = bytes.length > most, text = (long ? bytes.slice(0, 24) : bytes).replace(/[\0-\x1f]/g, c => JSON.stringify(c).slice(1, -1));
    return long ? `${text}… ${bytes.length.toLocaleString('en')} bytes` : text;
  };
  const told = (/** @type {Step} */ s) => `${s.call} ${drawn(s.bytes)}`.trim();
  /** Whether something goes over the connection. @param {Step} s */
  const moves = s => !!s.bytes || /connect|close|shutdown/.test(s.call);

  /** @param {(Recorded & {demo: string, runs?: Recorded[]})[]} recordings @returns {Run[]} */
  const runs = recordings => recordings.flatMap(demo => (demo.runs || [demo]).map(rec => ({
    demo: demo.demo, label: rec.label, title: rec.title, hosts: [], rec,
    steps: rec.steps.map(s => ({ kind: 'call', host: s.who, call: s.call, why: `${capital(s.who)}, ${s.connection} connection: ${told(s)}. ${s.why}` })),
  })));

  const BODY = `<div class=fc><div class=fc-room><div class=fc-hosts><b>client</b><b>server</b></div><div class=fc-map></div></div>
<div class=fc-side><small>What goes over which connection</small><ol class=fc-log tabindex=0 aria-label="What happens"></ol></div></div>`;

  define('ftp-connections', 'Ask me', BODY, root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.fc-' + name));
    /** @type {Recorded} */ let rec;

    const load = (/** @type {SbRun} */ chosen) => {
      rec = /** @type {Run} */ (chosen).rec;
      part('log').replaceChildren(...rec.steps.map(s => make('li', `${hue(s.connection)} ${s.who}${moves(s) ? ' moves' : ''}`, make('small', '', s.connection), make('code', 'nohighlight', told(s)))));
    };

    /** The sockets of an end that serve a connection: its listener too. @param {Step | undefined} s @param {string} host @param {string} connection */
    const sockets = (s, host, connection) => (s?.sockets[host] || []).filter(({ name }) => name.includes(connection));
    const listens = (/** @type {Socket} */ s) => s.state === 'LISTEN';

    /** An end of a connection: its sockets, and room for those to come. @param {number} at @param {string} host @param {string} connection */
    const end = (at, host, connection) => {
      const is = sockets(rec.steps[at - 1], host, connection), was = sockets(rec.steps[at - 2], host, connection);
      const box = (/** @type {Socket} */ s) => {
        const same = was.some(w => w.local === s.local && w.peer === s.peer && w.state === s.state), [, address, port] = /^(.*)(:[^:]*)$/.exec(s.local) || ['', s.local, ''];
        return make('li', `${s.state}${same ? '' : ' now'}`, make('b', '', s.state), make('code', 'nohighlight', address, document.createElement('wbr'), make('span', '', port)));
      };
      // What is connected comes first, so that both ends are level.
      return make('ul', host, ...[false, true].flatMap(listener => {
        const of = (/** @type {Socket[]} */ list) => list.filter(s => listens(s) === listener), boxes = of(is).map(box);
        const most = Math.max(+!listener, ...rec.steps.map(s => of(sockets(s, host, connection)).length));
        while (boxes.length < most) boxes.push(make('li', 'none', listener ? 'no listener' : 'no socket'));
        return boxes;
      }));
    };

    /** What is between the ends. @param {number} at @param {string} connection */
    const wire = (at, connection) => {
      const s = rec.steps[at - 1], [here, there] = HOSTS.map(host => sockets(s, host, connection));
      const joined = here.some(a => there.some(b => a.local === b.peer && a.peer === b.local && a.state === b.state && a.state === 'ESTABLISHED'));
      const used = s?.connection === connection && moves(s);
      return make('p', `fc-wire${joined ? ' joined' : ''}`, make('span', '', used ? s.bytes ? drawn(s.bytes, 52) : s.call : ''), make('i', used ? `fc-arrow ${s.who}` : ''));
    };

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      const shown = open ? at - 1 : at;
      part('map').replaceChildren(...CONNECTIONS.map(connection => make('section', hue(connection),
        make('strong', '', `${connection} connection`), make('div', '', end(shown, 'client', connection), wire(shown, connection), end(shown, 'server', connection)))));
      mark(part('log'), at, open);
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const s = rec.steps[at - 1], { who, connection, call, bytes, why } = s;
      const ask = (/** @type {string} */ text, /** @type {string[]} */ shown, /** @type {string} */ right) => ({
        text, controls: options(shown, right, settle, chosen => `${chosen === right ? 'Right' : `No: ${right}`}. ${why}`),
      });
      if (call === 'connect') return ask(`The ${connection} connection is opened. Who connects?`, HOSTS, who);
      const first = rec.steps.findIndex(t => t.bytes.slice(0, 4) === bytes.slice(0, 4));
      if (bytes && (connection === 'data' || first === at - 1 && who === 'client')) return ask(`${capital(who)} sends ${connection === 'data' ? `${bytes.length} bytes of a file or listing` : drawn(bytes)}. Over which connection?`, CONNECTIONS, connection);
      const states = [...new Set(rec.steps.flatMap(t => HOSTS.flatMap(h => t.sockets[h].map(k => k.state))))];
      const [now, was] = [sockets(s, who, connection), sockets(rec.steps[at - 2], who, connection)];
      const changed = was.find(w => !now.some(n => n.local === w.local && n.state === w.state));
      if (call !== 'close' || !changed) return null;
      return ask(`${capital(who)} closes its ${connection} socket. In which state is it then?`, [...states, 'gone'], now.find(n => n.local === changed.local)?.state || 'gone');
    };
    return { load, draw, question, first: 0 };
  }, runs);
})();
