// @ts-check
// <sb-stream-versus-message>: the messages that were sent, the stream that
// TCP carried, and the messages that the receiver made of it. It replays runs
// recorded from real sockets (`cargo run -p lesson-framing -- glued --json`).
// A classic script with inline data: file:// allows neither modules nor fetch.
(() => {
  'use strict';
  /** @typedef {{who: string, call: string, bytes: string, message?: string, asked?: number, messages?: string[], kept?: string}} Step */
  /** @typedef {{demo: string, title: string, rule: string, steps: Step[], sent: string[]}} Run */
  /** Bytes that one call sent or took: where in the stream, and at which step. @typedef {{from: number, to: number, step: number}} Piece */
  /** What one call sent, and where in it the message itself lies. @typedef {Piece & {text: string, body: number, end: number}} Sent */
  /** After a step; `fresh` messages were made before it. @typedef {{sent: number, taken: number, from: number, kept: number, made: [string, boolean][], fresh: number}} State */

  // A longer piece shows its first and last bytes.
  const LONG = 48, HEAD = 14, TAIL = 6;
  // Where to cut is asked of streams up to this length.
  const QUIZ = 64;

  const { make, panel, choose, keys, element } = sbStepper;
  const SKELETON = panel('', `<section><b>The sender’s messages</b><div class=svm-messages></div></section>
<section><b>What TCP carries: bytes</b><div class=svm-stream></div><small class=svm-sum></small></section>
<div class=svm-two><section><b>Calls</b><ol class=svm-log></ol></section><section><b>The receiver</b>
<small>this recv took</small><div class=svm-took></div>
<small>kept for later</small><div class=svm-kept></div>
<small>messages made so far</small><div class=svm-made></div></section></div>`);

  /** @param {Element} el @param {string} role @param {string} label */
  const tell = (el, role, label) => {
    el.role = role;
    el.ariaLabel = label;
  };
  const code = (/** @type {string} */ text) => make('code', 'nohighlight', `"${text.length > 28 ? `${text.slice(0, 18)}…${text.slice(-6)}` : text}"`);
  const count = (/** @type {number} */ n, what = 'byte') => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
  const hex = (/** @type {number} */ b) => b.toString(16).padStart(2, '0');
  const bytesOf = (/** @type {string} */ digits) => (digits.match(/../g) || []).map(b => parseInt(b, 16));
  const plain = (/** @type {number} */ b) => b > 32 && b < 127;
  const written = (/** @type {number[]} */ bytes) => bytes.map(b => plain(b) || b === 32 ? String.fromCharCode(b) : b === 10 ? '\\n' : '\\x' + hex(b)).join('');

  /** @param {HTMLElement} host @param {Run[]} runs */
  const start = (host, runs) => {
    const root = make('div', 'sp svm');
    root.innerHTML = SKELETON;
    const part = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (root.querySelector(`.svm-${name}, .sp-${name}`));
    const range = part('range'), stream = part('stream'), say = part('say'), ask = part('ask'), log = part('log'), messages = part('messages'), made = part('made'), check = make('button', '', 'Check');
    /** @type {Run} */ let run;
    /** @type {number[]} */ let bytes;
    /** @type {Sent[]} */ let sends;
    /** @type {Piece[]} */ let takes;
    /** @type {State[]} */ let states;
    let asking = false;

    // Turns a recorded run into pieces of one stream, and a state for each step.
    const load = (/** @type {Run} */ chosen) => {
      run = chosen; bytes = []; sends = []; takes = []; states = [];
      /** @type {State} */
      let now = { sent: 0, taken: 0, from: 0, kept: 0, made: [], fresh: 0 }, due = 0;
      run.steps.forEach((s, step) => {
        const piece = bytesOf(s.bytes), from = now.sent;
        now = { ...now, from: now.taken, fresh: now.made.length, made: [...now.made] };
        if (s.who === 'sender') {
          const text = s.message || '', body = [...new TextEncoder().encode(text)].map(hex).join('');
          const at = Math.max(0, s.bytes.indexOf(body) / 2), to = now.sent += piece.length;
          if (piece.length) sends.push({ from, to, step, text, body: from + at, end: from + at + body.length / 2 });
          bytes.push(...piece);
        } else {
          now.taken += piece.length;
          now.kept = (s.kept || '').length / 2;
          if (piece.length) takes.push({ from: now.from, to: now.taken, step });
          for (const m of s.messages || []) {
            const found = run.sent.indexOf(m, due);
            if (found >= 0) due = found + 1;
            now.made.push([m, found >= 0]);
          }
        }
        states.push(now);
      });
      part('rule').children[0].replaceChildren(make('strong', '', run.title), ' ', make('span', '', run.rule));
      log.replaceChildren(...run.steps.map(s => {
        const b = bytesOf(s.bytes), sender = s.who === 'sender', text = code(written(b));
        return make('li', s.who, make('span', '', `${s.call}(`, sender ? b.length ? text : '' : `${s.asked}`, ')'),
          make('span', '', b.length ? `${b.length} ` : sender ? '' : '0: the end', sender || !b.length ? '' : text));
      }));
      range.max = `${states.length - 1}`; range.value = '0';
      ask.hidden = bytes.length > QUIZ || sends.length < 2;
      question(false);
    };

    // The bytes from..to as cells; `mark` may change or wrap each.
    const cells = (/** @type {number} */ from, /** @type {number} */ to, mark = (/** @type {HTMLElement} */ cell, /** @type {number} */ _) => cell) => {
      const cuts = [from, ...[...sends, ...takes].map(p => p.to).filter(c => c > from && c < to).sort((a, b) => a - b), to], out = [];
      for (let k = 1; k < cuts.length; k++) {
        const first = cuts[k - 1], skip = Math.max(0, cuts[k] - first - HEAD - TAIL);
        for (let i = first; i < cuts[k]; i++) {
          const m = sends.findIndex(s => i < s.to), s = sends[m], b = bytes[i], gap = skip > LONG - HEAD - TAIL && i === first + HEAD;
          out.push(mark(make('span', `svm-b m${m % 4}${i < s.body || i >= s.end ? ' framing' : ''}${gap ? ' gap' : plain(b) ? '' : ' x'}`,
            gap ? `… ${count(skip)} …` : plain(b) ? String.fromCharCode(b) : b === 32 ? '␣' : hex(b)), i));
          if (gap) i += skip - 1;
        }
      }
      return out;
    };

    const show = (/** @type {string} */ name, /** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ none) => {
      tell(part(name), 'img', to > from ? written(bytes.slice(from, Math.min(to, from + LONG))) : none);
      part(name).replaceChildren(...to > from ? cells(from, to) : [none]);
    };

    const draw = () => {
      const k = +range.value, now = states[k], step = run.steps[k], receiving = step.who !== 'sender', last = k === states.length - 1;
      const past = takes.filter(t => t.step <= k), total = `${count(now.sent)} sent · ${now.taken} taken in ${past.length} recv · ${now.sent - now.taken} waiting`;
      part('step').textContent = range.ariaValueText = `step ${k + 1} of ${states.length}`;
      messages.replaceChildren(...sends.map((s, i) => make('span', `svm-m m${i % 4}${s.step > k ? ' todo' : ''}`,
        make('b', '', `${i + 1}`), code(s.text), make('small', '', s.step > k ? 'not sent yet' : count(s.to - s.from)))));
      tell(stream, 'img', total);
      part('sum').textContent = total;
      stream.replaceChildren(...cells(0, bytes.length, (cell, i) => {
        const r = past.findIndex(t => i < t.to), t = past[r];
        if (i >= now.sent) { cell.classList.add('todo'); cell.textContent = ''; }
        if (t) {
          cell.className += ` taken${t.step === k ? ' now' : ''}${i === t.from ? ' first' : ''}${i === t.to - 1 ? ' last' : ''}`;
          cell.dataset.r = `${r + 1}`;
        }
        return cell;
      }));
      show('took', now.from, now.taken, receiving ? '0 bytes' : 'not called');
      show('kept', now.taken - now.kept, now.taken, 'nothing');
      made.replaceChildren(...now.made.length ? now.made.map(([m, right], i) => make('span', (right ? 'right' : 'wrong') + (i < now.fresh ? '' : ' now'),
        make('b', '', right ? '✓' : '✗'), code(m), make('small', '', right ? 'as sent' : 'never sent'))) : ['none']);
      [...log.children].forEach((li, i) => { li.className = `${run.steps[i].who} ${i < k ? 'past' : i > k ? 'todo' : 'now'}`; });
      const fresh = now.made.slice(now.fresh), wrong = fresh.some(m => !m[1]), bad = now.made.length !== run.sent.length || now.made.some(m => !m[1]);
      say.textContent = (!receiving ? step.bytes ? 'TCP takes the bytes into the stream. It marks no boundary.' : 'The sender waits. The stream shows nothing of it.'
        : wrong ? 'The receiver takes this for a message. Nobody sent it.'
        : fresh.length ? `${count(fresh.length, 'message')}, as sent.`
        : now.kept ? `Not enough yet: ${count(now.kept)} kept until more arrive.` : 'No bytes: the sender has finished.')
        + (last ? ` The end: ${count(run.sent.length, 'message')} sent, ${now.made.length} made${bad ? '; they are not the same.' : ', each as sent.'}` : '');
      say.className = 'sp-say' + (wrong || last && bad ? ' no' : fresh.length || last ? ' ok' : '');
    };

    // "Where would you cut?": all bytes, no colours; the reader marks the ends.
    const question = (/** @type {boolean} */ on) => {
      asking = on;
      root.className = on ? 'sp svm asking' : 'sp svm';
      part('quiz').replaceChildren(...on ? [check] : []);
      ask.textContent = on ? 'Stop' : 'Where would you cut?';
      if (!on) return draw();
      tell(stream, 'group', 'The stream: mark the last byte of each message');
      stream.replaceChildren(...cells(0, bytes.length, (cell, i) => {
        const box = /** @type {HTMLInputElement} */ (make('input', 'sb-vh'));
        box.type = 'checkbox';
        box.ariaLabel = `a message ends after byte ${i + 1}, ${cell.textContent}`;
        return make('label', '', box, cell);
      }));
      say.className = 'sp-say';
      say.textContent = 'All bytes have arrived. Mark the last byte of each message.';
    };
    const boxes = () => [...stream.querySelectorAll('input')];

    const judge = () => {
      const marks = boxes().map((box, i) => box.checked ? i + 1 : 0).filter(i => i && i < bytes.length);
      const right = `${marks}` === `${sends.slice(0, -1).map(s => s.to)}`, told = sends.every(s => s.end - s.body < s.to - s.from);
      root.classList.add('shown');
      say.className = right ? 'sp-say ok' : 'sp-say no';
      say.textContent = (right ? 'That is how they were sent. ' : 'They were sent otherwise: the colours show it. ')
        + (told ? 'The rule above tells where each message ends.' : 'Nothing in these bytes tells where a message ends: you can only guess.');
    };

    const go = (/** @type {number} */ d) => { range.value = `${+range.value + d}`; draw(); };
    range.oninput = draw;
    part('back').onclick = () => go(-1);
    part('on').onclick = () => go(1);
    ask.onclick = () => question(!asking);
    check.onclick = judge;
    choose(part('head'), runs, load);
    keys(host, (d, focus) => asking ? boxes()[boxes().indexOf(focus) + d]?.focus() : go(d));
    load(runs[0]);
    host.append(root);
  };

  element('stream-versus-message', start);
})();
