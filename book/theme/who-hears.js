// @ts-check
// <sb-who-hears>: one datagram on a hub: which cards its frame reaches, which
// kernels take it in, and which programs hear it.
// Recorded by `cargo run -p lesson-broadcast -- announce --json`.
(() => {
  'use strict';
  const { make, define, options, capital } = sbStepper;
  /** How far it got at one host. @typedef {{name: string, frame: boolean, taken: boolean, heard: boolean, bound?: string, why: string}} Heard */
  /** @typedef {{kind: string, from: string, to: string, mac: string, why?: string, hosts: Heard[]}} Send */
  /** @typedef {{name: string, address: string, mac: string}} Host */
  /** The steps: it is sent, it is on the hub, each host, the sender last, and what it came to. @typedef {SbRun & {send: Send, all: Host[]}} Run */

  const FAR = ['The frame doesn’t reach the card', 'The kernel drops it', 'The kernel takes it in, no program hears it', 'A program hears it'];
  const OWN = ['The kernel keeps no copy', '', 'A copy stays, no program hears it', 'A copy stays, and a program hears it'];
  const far = (/** @type {Heard} */ h) => h.heard ? 3 : h.taken ? 2 : h.frame ? 1 : 0;
  /** What came of it at this host. @param {Send} send @param {Heard} h */
  const result = (send, h) => (h.name === send.from ? OWN : FAR)[far(h)];
  const names = (/** @type {string[]} */ list) => list.map(capital).join(', ') || 'nobody';
  const sentence = (/** @type {string} */ text) => text && capital(text).replace(/([^.])$/, '$1.');

  /** @param {{demo: string, hosts: Host[], sends: Send[]}[]} recordings @returns {Run[]} */
  const runs = recordings => recordings.flatMap(({ demo, hosts: all, sends }) => sends.map((sent, k) => {
    const { kind } = sent, own = (/** @type {Heard} */ h) => +(h.name === sent.from), send = { ...sent, hosts: [...sent.hosts].sort((a, b) => own(a) - own(b)) };
    const count = (/** @type {'frame' | 'taken' | 'heard'} */ what, /** @type {string} */ noun) => { const n = send.hosts.filter(h => h[what]).length; return `${n || 'no'} ${noun}${n === 1 ? '' : 's'}`; };
    return {
      demo, send, all, hosts: [], title: `${capital(kind)} to ${send.to}`,
      label: sends.slice(0, k).some(s => s.kind === kind) ? `${kind} to port ${send.to.split(':').pop()}` : kind,
      steps: [
        { kind: 'call', why: `${capital(send.from)} calls sendto once, to ${send.to}.` },
        { kind: 'frame', why: `On the hub. It reads no address: it repeats the frame to ${names(send.hosts.filter(h => h.frame).map(h => h.name))}.` },
        ...send.hosts.map(h => ({ kind: 'host', host: h.name, why: `${capital(h.name)}: ${result(send, h).replace(/^./, c => c.toLowerCase())}. ${sentence(h.why)}` })),
        { kind: 'sum', why: `It reached ${count('frame', 'card')}; ${count('taken', 'kernel')} took it in; ${count('heard', 'program')} heard it. ${sentence(send.why || '')}` },
      ],
    };
  }));

  define('who-hears', 'Ask me', '<div class=wh><div class=wh-hosts></div><div class=wh-hub><b>hub</b><span></span></div></div>', root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.wh-' + name));
    /** @type {Run} */ let run;

    // A long address breaks in its middle, if at all.
    const breaks = (/** @type {string} */ text) => text.length < 17 ? [text] : [text.slice(0, 9), make('wbr', ''), text.slice(9)];
    /** One layer of a host. @param {string} name @param {string} detail @param {string} look @param {string} told */
    const layer = (name, detail, look, told) => make('li', look, make('b', '', name), make('code', 'nohighlight', ...breaks(detail)), make('span', '', told || '\u00a0'));
    const way = (/** @type {string} */ look, /** @type {string} */ sign) => {
      const i = make('i', look, look ? sign : '');
      i.ariaHidden = 'true';
      return i;
    };

    /** A host: its program on top, its card at the hub. @param {Host} host @param {number} i @param {number} seen @param {boolean} open */
    const column = (host, i, seen, open) => {
      const { send } = run, sender = host.name === send.from, place = send.hosts.findIndex(h => h.name === host.name), h = send.hosts[place];
      const judged = h && seen >= 3 + place, asked = open && seen === 2 + place, reached = seen >= 2 && !!h?.frame, sent = sender && seen > 0;
      const list = make('ol', ''), item = (/** @type {HTMLElement} */ el) => list.append(el), stub = (/** @type {HTMLElement} */ el) => list.append(make('li', 'wh-way', el));
      const kernel = judged ? h.taken ? 'ok' : sender ? '' : 'no' : '', program = judged ? h.heard ? 'ok' : h.taken ? 'no' : sender ? '' : 'off' : '';
      item(layer('program', sender && !h?.bound ? 'sendto' : h?.bound || 'no socket', sent && !program ? 'sent' : program, program ? h.heard ? `✓ hears it${sender ? ', too' : ''}` : h.taken ? '✗ not for it' : '– hears nothing' : sent ? 'sends' : asked ? '?' : ''));
      stub(way(sent ? 'sent' : program === 'ok' ? 'ok' : '', sent ? program === 'ok' ? '⇅' : '↓' : '↑'));
      item(layer('kernel', host.address, sent && !kernel ? 'sent' : kernel, kernel ? h.taken ? sender ? '✓ keeps a copy' : '✓ takes it in' : '✗ drops it' : sent && judged ? 'keeps no copy' : asked ? '?' : sent ? 'passes it down' : ''));
      stub(way(sent ? 'sent' : reached && (!judged || h.taken) ? kernel || 'ok' : reached ? 'no' : '', sent ? '↓' : judged && !h.taken ? '✗' : '↑'));
      item(layer('card', host.mac, sent ? 'sent' : reached ? 'ok' : '', sent ? 'sends the frame' : reached ? '✓ gets the frame' : ''));
      stub(way(sent ? 'sent' : reached ? 'ok' : '', sent ? '↓' : '↑'));
      const el = make('div', `wh-host h${i % 2}${!open && (sender && seen === 1 || seen >= 3 && seen === 3 + place) ? ' now' : ''}`,
        make('div', 'wh-name', capital(host.name)), list);
      el.role = 'group';
      el.ariaLabel = capital(host.name);
      return el;
    };

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      const seen = open ? at - 1 : at, { send, all } = run;
      part('hosts').style.setProperty('--n', `${all.length}`);
      part('hosts').replaceChildren(...all.map((host, i) => column(host, i, seen, open)));
      part('hub').classList.toggle('on', seen > 1);
      part('hub').children[1].replaceChildren(...seen > 0 ? ['frame to ', make('code', 'nohighlight', send.mac)] : ['no frame yet']);
    };

    /** Which of the hosts: any number of them. @param {SbSettle} settle */
    const which = settle => {
      const { send } = run, hosts = send.hosts.filter(h => h.name !== send.from), right = hosts.filter(h => h.frame).map(h => h.name);
      const buttons = hosts.map(h => {
        const button = make('button', '', capital(h.name));
        button.ariaPressed = 'false';
        button.onclick = () => { if (!button.ariaDisabled) button.ariaPressed = `${button.ariaPressed !== 'true'}`; };
        return button;
      });
      const check = make('button', '', 'Check');
      check.onclick = () => {
        if (check.ariaDisabled) return;
        const wrong = hosts.filter((h, i) => h.frame !== (buttons[i].ariaPressed === 'true'));
        settle(!wrong.length, `${wrong.length ? 'Not quite' : 'Right'}: ${names(right)}. A hub reads no address. It repeats every frame to everybody else; who wants it is decided behind the card.`);
        [...buttons, check].forEach((b, i) => {
          b.ariaDisabled = 'true';
          if (hosts[i]) { b.ariaPressed = null; b.className = hosts[i].frame ? 'ok' : 'no'; }
        });
      };
      return [...buttons, check];
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      if (at === 2) return { text: `The frame bears the address ${run.send.mac}. Whose cards does it reach? Pick any number.`, controls: which(settle) };
      const h = run.send.hosts[at - 3];
      if (!h) return null;
      const own = h.name === run.send.from, right = result(run.send, h), bound = `${capital(h.name)}’s socket is bound to ${h.bound || 'nothing'}.`;
      return { text: own ? `${bound} Does ${capital(h.name)}, who sent it, hear it as well?` : `${bound} How far does it get there?`,
        controls: options(own ? OWN.filter(Boolean) : FAR.slice(h.frame ? 1 : 0), right, settle, chosen => `${chosen === right ? 'Right' : `No: ${right.replace(/^./, c => c.toLowerCase())}`}. ${sentence(h.why)}`) };
    };
    return { load: chosen => { run = /** @type {Run} */ (chosen); }, draw, question, first: 0 };
  }, runs);
})();
