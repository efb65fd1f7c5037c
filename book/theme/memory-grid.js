// @ts-check
// <sb-memory-grid>: a number's digits, its bytes in memory at rising
// addresses, and what a machine of the other order reads there. The numbers
// were recorded by `cargo run -p lesson-byte-order -- memory --json`; those
// that the reader types are worked out here.
(() => {
  'use strict';
  /** @typedef {'big' | 'little'} Order */
  /** Bytes in hexadecimal: `big` and `little` at rising addresses. @typedef {{type: string, value: string, big: string, little: string, why?: string}} Num */

  // Most significant byte first: a sign for each, for whom hues say little.
  const SIGNS = '●■▲◆○□△◇';
  /** @type {Record<string, number>} */
  const BYTES = { u16: 2, u32: 4, u64: 8, i16: 2, f32: 4 };
  const OTHER = { big: /** @type {Order} */ ('little'), little: /** @type {Order} */ ('big') };
  const FIRST = { big: 'the most significant byte comes first', little: 'the least significant byte comes first' };
  const { make, panel, choose, keys, element, capital } = sbStepper;

  const row = (/** @type {string} */ name) => `<div class=mg-label><b></b><span></span><small></small></div><div class="mg-strip mg-${name}"></div>`;
  const SKELETON = panel('Ask me', `<form class=mg-own novalidate><span>Or your own:</span><select aria-label=Type>${Object.keys(BYTES).map(t => `<option>${t}`).join('')}</select>
<input aria-label=Number maxlength=40 size=12 autocomplete=off spellcheck=false placeholder=8080><button>Show</button></form>
<div class=mg-fig>${row('number')}<svg class=mg-lines preserveAspectRatio=none aria-hidden=true></svg>${row('memory')}<svg class=mg-lines preserveAspectRatio=none aria-hidden=true></svg>${row('read')}</div>`,
    '<button class=mg-swap>⇄ Swap the order</button>');

  /** The digits of each byte. @param {string} hex @returns {string[]} */
  const pairs = hex => hex.match(/../g) || [];
  /** The shortest digits that are this f32. @param {number} x */
  const shortest = x => {
    for (let p = 1; p < 10; p++) if (Math.fround(+x.toPrecision(p)) === x) return `${+x.toPrecision(p)}`;
    return `${x}`;
  };
  /** What the digits mean, most significant first. @param {string} type @param {string} hex */
  const meaning = (type, hex) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt('0x' + hex));
    return type === 'f32' ? shortest(view.getFloat32(4)) : type === 'i16' ? `${view.getInt16(6)}` : `${view.getBigUint64(0)}`;
  };

  /** What the reader typed, or what is wrong with it. @param {string} type @param {string} typed @returns {Num | string} */
  const parse = (type, typed) => {
    const text = typed.trim().replace(/_/g, ''), size = BYTES[type], view = new DataView(new ArrayBuffer(size));
    if (!text) return 'Type a number first, such as 8080 or 0x1f90.';
    if (type === 'f32') {
      const x = Number(text);
      if (isNaN(x)) return `“${typed}” is not a number. Write it as 3.14, -0.5 or 1e-3.`;
      if (!isFinite(Math.fround(x))) return `${text} doesn’t fit: an f32 ends at about 3.4e38.`;
      view.setFloat32(0, x);
    } else {
      if (/^[+-]?\d*[.,]\d+$/.test(text)) return `The type ${type} holds whole numbers. An f32 takes fractions.`;
      const [, minus, digits] = /^(-)?\+?(\d+|0x[\da-f]+|0b[01]+)$/i.exec(text) || [], signed = type === 'i16', span = 1n << BigInt(8 * size);
      if (!digits) return `“${typed}” is not a number. Write it as 8080, or as 0x1f90.`;
      if (minus && !signed) return `A ${type} has no sign: it begins at 0.`;
      const n = minus ? -BigInt(digits) : BigInt(digits), end = (signed ? span / 2n : span) - 1n;
      if (n > end) return `${text} doesn’t fit into ${size} bytes: the largest ${type} is ${end}.`;
      if (n < end + 1n - span) return `${text} doesn’t fit into ${size} bytes: the smallest ${type} is ${end + 1n - span}.`;
      for (let i = 0; i < size; i++) view.setUint8(i, Number(n >> BigInt(8 * (size - 1 - i)) & 255n));
    }
    const bytes = Array.from(new Uint8Array(view.buffer), b => b.toString(16).padStart(2, '0'));
    const big = bytes.join(''), little = [...bytes].reverse().join('');
    return { type, value: meaning(type, big), big, little, why: 'your own number, worked out here and not recorded' };
  };

  /** @param {HTMLElement} host @param {{title: string, native: Order, values: Num[]}[]} recordings */
  const start = (host, [{ title, native, values }]) => {
    const root = make('div', 'sp mg');
    root.innerHTML = SKELETON;
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`.mg-${name}, .sp-${name}`));
    const form = /** @type {HTMLFormElement} */ (part('own')), [type, typed] = /** @type {[HTMLSelectElement, HTMLInputElement]} */ (/** @type {unknown} */ ([...form.elements]));
    const ask = part('ask'), memory = part('memory'), next = make('button', '', 'Next question');
    let num = values[0], order = native, picked = -1, asked = -1, open = false;

    const say = (/** @type {string} */ text, mood = '') => {
      part('say').textContent = text;
      part('say').className = 'sp-say ' + mood;
    };
    const size = () => BYTES[num.type];
    const bits = (/** @type {number} */ b) => `${8 * (size() - b) - 1}–${8 * (size() - b - 1)}`;
    // At which address the byte lies, counted from the most significant one; and back.
    const place = (/** @type {number} */ b, by = order) => by === 'big' ? b : size() - 1 - b;
    const named = (/** @type {Order} */ by) => `${by}-endian`;

    // A strip of bytes; `above` and `below` tell of each place what it is.
    const strip = (/** @type {string} */ name, /** @type {Order} */ by, /** @type {(i: number) => string} */ above, /** @type {(i: number) => string} */ below) => {
      const lies = name === 'memory';
      part(name).replaceChildren(...pairs(num[by]).map((hex, i) => {
        const b = place(i, by), hidden = open && lies, cell = make(lies ? 'button' : 'span', `mg-byte${b === picked && !hidden ? ' picked' : ''}`,
          make('small', '', above(i)), make('b', '', hidden ? '?' : hex), make('i', '', hidden ? ' ' : SIGNS[b]), make('small', '', below(i)));
        if (!hidden) cell.style.setProperty('--hue', `${250 + 45 * b}`);
        cell.children[2].ariaHidden = 'true';
        if (lies && !hidden) cell.ariaDescription = `bits ${bits(b)}`;
        cell.dataset.b = `${b}`;
        return cell;
      }));
    };

    const draw = () => {
      const misread = meaning(num.type, num.little), labels = [...root.querySelectorAll('.mg-label')];
      const held = memory.contains(document.activeElement) ? [...memory.children].indexOf(/** @type {Element} */ (document.activeElement)) : -1;
      part('fig').style.setProperty('--n', `${size()}`);
      part('fig').classList.toggle('open', open);
      strip('number', 'big', b => bits(b), () => '');
      strip('memory', order, () => '', i => `+${i}`);
      // Read from its most significant digit on, the row is turned either way.
      strip('read', 'little', i => bits(i), () => '');
      if (held >= 0) /** @type {HTMLElement} */ (memory.children[held])?.focus();
      const tell = (/** @type {number} */ k, /** @type {string[]} */ texts) => texts.forEach((text, i) => { labels[k].children[i].textContent = text; });
      tell(0, [`The ${num.type}`, num.value, `0x${num.big} · bit numbers above`]);
      tell(1, [`In memory, ${named(order)}`, order === 'big' ? 'network byte order' : native === order ? 'this machine’s order' : '', `addresses rise →${open ? '' : ` · ${named(OTHER[order])} it would be ${pairs(num[OTHER[order]]).join(' ')}`}`]);
      tell(2, [`A ${named(OTHER[order])} machine reads`, misread, `0x${num.little}${num.big === num.little ? ', the same' : ''}`]);
      const lines = [...root.querySelectorAll('.mg-lines')];
      lines.forEach((svg, k) => {
        svg.setAttribute('viewBox', `0 0 ${2 * size()} 10`);
        svg.innerHTML = pairs(num.big).map((_, b) => {
          const [from, to] = (k ? [place(b), size() - 1 - b] : [b, place(b)]).map(x => 2 * x + 1);
          return `<path d="M${from} 0C${from} 5 ${to} 5 ${to} 10" style="--hue:${250 + 45 * b}"${b === picked ? ' class=picked' : ''} />`;
        }).join('');
      });
    };

    const pick = (/** @type {number} */ b) => {
      picked = b;
      draw();
      const at = place(b), taken = order === 'big' ? size() - 1 - at : at;
      say(`${pairs(num.big)[b]} is bits ${bits(b)}, and lies at +${at}: ${named(order)}, ${FIRST[order]}. A ${named(OTHER[order])} machine takes it for bits ${bits(taken)}.`);
    };

    // Asked for are bytes that lie in one place only, where there are any.
    const target = () => {
      const bytes = pairs(num.big), once = bytes.filter(hex => bytes.indexOf(hex) === bytes.lastIndexOf(hex)), all = once.length ? once : bytes;
      return all[asked % all.length];
    };
    const question = () => {
      order = (asked ^ asked >> 1) & 1 ? OTHER[native] : native;
      open = true; picked = -1;
      part('quiz').replaceChildren();
      draw();
      say(`This memory is ${named(order)}. Which address holds ${target()}?`, 'asked');
    };
    const judge = (/** @type {number} */ at) => {
      const hex = target(), lies = pairs(num[order]), right = lies[at] === hex;
      open = false;
      picked = place(right ? at : lies.indexOf(hex));
      draw();
      say(`${right ? 'Right' : `No: +${at} holds ${lies[at]}`}. ${hex} lies at +${right ? at : lies.indexOf(hex)}: ${named(order)}, ${FIRST[order]}.`, right ? 'ok' : 'no');
      part('quiz').replaceChildren(next);
    };

    const load = (/** @type {Num} */ chosen) => {
      num = chosen; picked = -1;
      if (asked >= 0) return question();
      draw();
      say(`${capital(num.why || '')}. Pick a byte to follow it.`);
    };
    const stop = () => { asked = -1; open = false; ask.textContent = 'Ask me'; part('quiz').replaceChildren(); };

    form.onsubmit = e => {
      e.preventDefault();
      const own = parse(type.value, typed.value), wrong = typeof own === 'string';
      typed.ariaInvalid = `${wrong}`;
      if (wrong) { typed.focus(); return say(own, 'no'); }
      for (const radio of root.querySelectorAll('input')) radio.checked = false;
      load(own);
    };
    part('fig').onclick = e => {
      const cell = /** @type {HTMLElement | null} */ (/** @type {Element} */ (e.target).closest('.mg-byte'));
      if (!cell) return;
      if (!open) pick(+(cell.dataset.b || 0));
      else if (memory.contains(cell)) judge([...memory.children].indexOf(cell));
    };
    part('swap').onclick = () => {
      if (asked >= 0) stop();
      order = OTHER[order];
      if (picked >= 0) return pick(picked);
      draw();
      say(`The same number, ${named(order)}: ${FIRST[order]}.`);
    };
    ask.onclick = () => {
      if (asked >= 0) { stop(); return load(num); }
      asked = 0;
      ask.textContent = 'Stop';
      question();
    };
    next.onclick = () => { asked++; question(); /** @type {HTMLElement} */ (memory.children[0]).focus(); };
    part('rule').children[0].append(make('strong', '', title), ' ', make('span', '', `this machine is ${named(native)}`));
    choose(part('head'), values.map(v => ({ ...v, demo: v.type, label: `${v.type} ${v.value}` })), load);
    part('head').ariaLabel = 'Number';
    keys(host, (d, focus) => /** @type {HTMLElement | undefined} */ (memory.children[[...memory.children].indexOf(focus) + d])?.focus());
    load(num);
    host.append(root);
  };

  element('memory-grid', start);
})();
