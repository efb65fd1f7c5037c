// @ts-check
// <sb-http-dissector>: a request that the reader edits. Each part is named,
// and where it is refused, the very byte that refuses it. The requests to
// begin with: `cargo run -p lesson-http -- exchange --json`.
(() => {
  'use strict';
  const { make, choose, element, capital } = sbStepper;
  /** @typedef {{label: string, bytes: string, title: string}} Example */
  /** @typedef {HttpPart & {message: number}} Named */

  /** What a part is for. @type {Record<string, string>} */
  const WHY = {
    method: 'What is to be done. Upper and lower case differ (RFC 9110, section 9.1).',
    target: 'What it is to be done with. A space would end it (RFC 9112, section 3.2).',
    version: 'Which HTTP the client speaks (RFC 9112, section 2.3).',
    'line end': 'CR LF, and nothing else, ends a line here (RFC 9112, section 2.2).',
    'field name': 'A token that a colon follows at once. Case doesn’t matter (RFC 9112, section 5.1).',
    'field value': 'What the field says. Spaces around it aren’t part of it (RFC 9112, section 5).',
    'blank line': 'An empty line ends the fields. A body may follow.',
    body: 'As many bytes as Content-Length says. Nothing marks the end (RFC 9112, section 6.2).',
    'chunk size': 'How many bytes of data come, in hexadecimal. 0 is the last (RFC 9112, section 7.1).',
    extension: 'A chunk’s extension. Who doesn’t know it ignores it (RFC 9112, section 7.1.1).',
    'chunk data': 'As many bytes as the chunk’s size says.',
    'not read': 'Nobody looks at what comes after the byte that is refused.',
  };

  const CONTROLS = [['CR LF', '\r\n'], ['CR', '\r'], ['LF', '\n'], ['NUL', '\0'], ['TAB', '\t']];
  const SKELETON = `<div class=sp-head role=radiogroup aria-label=Request></div>
<div class=sp-rule><div><strong></strong><span></span></div></div>
<div class=hd><div class=hd-left><div class=hd-edit><div class=hd-back aria-hidden=true></div><textarea spellcheck=false autocapitalize=off autocomplete=off aria-label="The request’s bytes"></textarea></div>
<div class=hd-put role=group aria-label="Put in">put in</div></div>
<div class=hd-list role=radiogroup aria-label=Parts></div></div>
<div class=sp-foot><p class=sp-say role=status></p><p class=hd-at></p></div>`;

  // Signs that the book's own font has, and for the rest the pictures of Unicode.
  const SIGNS = '\r←\n↓\t→\0⌀\x7f␡';
  const NAMES = /** @type {Record<string, string>} */ ({ '\r': 'CR', '\n': 'LF', '\t': 'TAB', '\0': 'NUL', ' ': 'a space' });
  const symbol = (/** @type {string} */ c) => SIGNS.includes(c) ? SIGNS[SIGNS.indexOf(c) + 1] : c < ' ' ? String.fromCharCode(0x2400 + c.charCodeAt(0)) : c;
  /** Bytes as they are drawn: control characters as symbols, a line for each LF. */
  const drawn = (/** @type {string} */ bytes) => [...bytes].map(c => symbol(c) + (c === '\n' ? c : '')).join('');
  /** The bytes that are drawn so. Enter and pasted lines are CR LF; a line joined to the one before has lost its LF. */
  const typed = (/** @type {string} */ text, deleted = false) =>
    text.replace(/↓?\n|↓/g, end => end === '↓\n' ? '↓' : deleted ? '' : end === '↓' ? end : '←↓')
      .replace(/[←↓→⌀␡]/g, sign => SIGNS[SIGNS.indexOf(sign) - 1])
      .replace(/[␀-␟]/g, c => String.fromCharCode(c.charCodeAt(0) - 0x2400))
      .replace(/[^\0-\xff]+/gu, c => String.fromCharCode(...new TextEncoder().encode(c)));
  const told = (/** @type {string} */ bytes) => drawn(bytes).replace(/\n/g, '').replace(/[\x80-\x9f]/g, '·');
  const count = (/** @type {number} */ n) => `${n.toLocaleString('en')} byte${n === 1 ? '' : 's'}`;
  const place = ({ at, end } = /** @type {HttpPart} */ ({})) => end - at === 1 ? `byte ${at}` : `bytes ${at} to ${end - 1}`;
  const kind = (/** @type {string} */ name) => name.replace('trailer', 'field').replace(' ', '-');

  /** @param {HTMLElement} host @param {Example[]} examples */
  const start = (host, examples) => {
    const root = make('div', 'sp'), name = `hd${Math.random()}`;
    root.innerHTML = SKELETON;
    const part = (/** @type {string} */ of) => /** @type {HTMLElement} */ (root.querySelector(of));
    const field = /** @type {HTMLTextAreaElement} */ (part('textarea')), list = part('.hd-list'), back = part('.hd-back');
    let bytes = '', title = '';
    /** The byte that refuses it. @type {number | undefined} */ let bad;
    /** @type {Named[]} */ let parts = [];

    /** Every message, until one is refused or isn't whole. */
    const readings = () => {
      /** @type {HttpReading[]} */ const all = [];
      let from = 0;
      do {
        const read = sbHttp.read(bytes.slice(from)), { parts, end, at } = read, start = from;
        from += end;
        all.push({ ...read, end: from, at: at === undefined ? at : start + at, parts: parts.map(p => ({ ...p, at: start + p.at, end: start + p.end })) });
      } while (from < bytes.length && all[all.length - 1].verdict === 'accepted');
      return all;
    };

    const verdict = (/** @type {HttpReading[]} */ all) => {
      const last = all[all.length - 1], { verdict, at = 0, why = '', status } = last, nth = all.length > 1 ? `Request ${all.length}` : 'The request', say = part('.sp-say');
      say.className = `sp-say ${{ accepted: 'ok', refused: 'no', partial: 'asked' }[verdict]}`;
      say.textContent = verdict === 'refused' ? `${nth} is refused: ${status}, at byte ${at}${at < bytes.length ? ` (${NAMES[bytes[at]] || told(bytes[at])})` : ''}: ${sbHttp.WHY[why]}.`
        : verdict === 'partial' ? `${nth} isn’t whole yet: a server waits for more bytes.`
        : all.length > 1 ? `${all.length} requests, all accepted.` : `Accepted: ${count(last.end)}, ${{ none: 'no body', length: 'a body as long as Content-Length says', chunked: 'a body in chunks' }[last.body]}.`;
    };

    /** Shows the part that a byte belongs to. @param {number} at @param {boolean} [select] */
    const show = (at, select) => {
      const k = parts.findIndex(p => at >= p.at && at < p.end), now = parts[k];
      [...back.querySelectorAll('span')].forEach((span, i) => span.classList.toggle('on', i === k));
      const inputs = [...list.querySelectorAll('input')];
      for (const input of inputs) {
        input.checked = +input.value === k;
        if (input.checked) list.scrollTop = /** @type {HTMLElement} */ (input.parentElement).offsetTop - list.clientHeight / 2;
      }
      part('.hd-at').replaceChildren(...now ? [make('b', '', capital(now.name)), ` ${place(now)}. ${WHY[now.name.replace('trailer', 'field')] || ''}`] : [at === bad ? 'The byte that refuses it. Nobody reads on.' : at < bytes.length ? 'Between two parts.' : 'At the end.']);
      if (now && select) field.setSelectionRange(drawn(bytes.slice(0, now.at)).length, drawn(bytes.slice(0, now.end)).length);
    };

    /** @param {string} given @param {number} [caret] */
    const set = (given, caret) => {
      bytes = given;
      const text = drawn(bytes), all = readings(), last = all[all.length - 1];
      bad = last.at;
      if (field.value !== text) field.value = text;
      if (caret !== undefined) field.setSelectionRange(caret, caret);
      parts = all.flatMap((r, message) => r.parts.map(p => ({ ...p, message })));
      // The head may have been read beyond the byte that refuses it.
      const refused = bad ?? Infinity, read = bad === undefined ? last.end : Math.max(bad + 1, ...parts.map(p => p.end));
      if (read < bytes.length) parts.push({ name: 'not read', at: read, end: bytes.length, message: all.length - 1 });
      const pieces = [];
      let at = 0;
      // Bytes from..to as they are, the refused one marked.
      const put = (/** @type {number} */ to) => {
        const from = at, here = refused >= from && refused < to;
        at = to;
        return here ? [drawn(bytes.slice(from, refused)), make('mark', '', symbol(bytes[refused])), drawn(bytes.slice(refused, to)).slice(1)] : [drawn(bytes.slice(from, to))];
      };
      for (const p of parts) {
        pieces.push(...put(p.at));
        const span = make('span', '', ...put(p.end));
        span.dataset.part = kind(p.name);
        span.classList.toggle('hd-next', p.message > 0 && p.name === 'method');
        pieces.push(span);
      }
      back.replaceChildren(...pieces, ...put(bytes.length), ...refused === bytes.length ? [make('mark', '', ' ')] : [], '\u200b');
      list.replaceChildren(...parts.flatMap((p, k) => {
        if (/line end|blank/.test(p.name)) return [];
        const input = /** @type {HTMLInputElement} */ (make('input', 'sb-vh'));
        input.type = 'radio'; input.name = name; input.value = `${k}`;
        input.onchange = () => show(p.at, true);
        const row = make('label', '', input, make('b', '', p.name), make('code', 'nohighlight', told(bytes.slice(p.at, p.end))));
        row.dataset.part = kind(p.name);
        return p.message && p.message !== parts[k - 1].message ? [make('small', '', 'the next request'), row] : [row];
      }));
      part('.sp-rule strong').textContent = title;
      part('.sp-rule span').textContent = count(bytes.length);
      verdict(all);
      show(bad ?? typed(field.value.slice(0, field.selectionStart)).length);
    };

    /** What the reader made of it. @param {string} given @param {number} caret */
    const edit = (given, caret) => {
      title = 'Your request';
      for (const radio of root.querySelectorAll('.sp-head input')) /** @type {HTMLInputElement} */ (radio).checked = false;
      set(given, caret);
    };
    field.oninput = event => {
      const deleted = /^delete/.test(/** @type {InputEvent} */ (event).inputType), { value, selectionStart } = field;
      const before = value.slice(0, selectionStart).replace(/↓$/, value[selectionStart] === '\n' ? '' : '↓');
      edit(typed(value, deleted), drawn(typed(before, deleted)).length);
    };
    field.onkeyup = field.onclick = () => {
      if (field.selectionStart === field.selectionEnd) show(typed(field.value.slice(0, field.selectionStart)).length);
    };
    part('.hd-put').append(...CONTROLS.map(([label, put]) => {
      const button = make('button', '', `${label} ${drawn(put).trim()}`);
      button.onclick = () => {
        const [before, after] = [field.value.slice(0, field.selectionStart), field.value.slice(field.selectionEnd)].map(half => typed(half));
        edit(before + put + after, drawn(before + put).length);
        field.focus();
      };
      return button;
    }));
    // mdBook takes ← → s / ? for itself, whatever has the focus.
    host.onkeydown = e => { if (/^(Arrow.*|[s/?])$/i.test(e.key)) e.stopPropagation(); };
    const load = (/** @type {Example} */ example) => { title = example.title; set(example.bytes, 0); };
    choose(part('.sp-head'), examples.map(e => ({ ...e, demo: '' })), load);
    load(examples[0]);
    host.append(root);
  };

  element('http-dissector', (host, demos) => start(host, demos.flatMap((/** @type {{title: string, requests: Example[]}} */ demo) => demo.requests.map(r => ({ ...r, title: demo.title })))));
})();
