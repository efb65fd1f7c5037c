// @ts-check
// Reads an HTTP/1.1 request as lessons/16-http does: the same verdict, and
// the same byte that refuses it (RFC 9112). Bytes are a string of characters
// up to U+00FF. A test feeds both the same corpus.
/** Bytes `at` up to but not including `end`. @typedef {{name: string, at: number, end: number}} HttpPart */
/** What comes of a request, and where it ends. @typedef {{verdict: 'accepted' | 'partial' | 'refused', end: number, parts: HttpPart[], body: 'none' | 'length' | 'chunked', status?: number, at?: number, why?: string}} HttpReading */

const sbHttp = (() => {
  'use strict';
  const LIMITS = { line: 8000, head: 16384, fields: 100, body: 2 ** 20 };
  const TOKEN = /[!#$%&'*+\-.^_`|~\w]/, TARGET = /[!"$-~]/, VALUE = /[\t -~\x80-\xff]/, HOST = /[!$%&'()*+,\-.:;=[\]~\w]/, HEX = /[\da-f]/i;
  /** Why a request is refused, as the lesson says it. @type {Record<string, string>} */
  const WHY = {
    RequestLineTooLong: 'the request line is too long', FieldLineTooLong: 'a field line is too long', HeadTooLong: 'the head is too long',
    TooManyFields: 'too many fields', Method: 'no byte of a method', Target: 'no byte of a target', TargetForm: 'no target for this method',
    Version: 'not the form of a version', OtherVersion: 'not a version 1 of HTTP', BareLf: 'LF without CR', BareCr: 'CR without LF',
    Fold: 'a field line begins with a space', SpaceBeforeColon: 'a space before the colon', Name: "no byte of a field's name",
    NoColon: 'a field line without a colon', Value: "a control character in a field's value", NoHost: 'no Host', TwoHosts: 'a second Host',
    Host: 'no byte of a host and port', BothLengths: 'Content-Length and Transfer-Encoding', TwoLengths: 'a second Content-Length',
    Length: 'no digit of a Content-Length', NotChunked: "the last transfer coding isn't chunked", Codings: 'chunked twice, or an empty transfer coding',
    Coding: 'an unknown transfer coding', OldVersionCoding: 'Transfer-Encoding in HTTP/1.0', ChunkSize: "no digit of a chunk's size",
    ChunkExtension: 'a control character in an extension', ChunkLineTooLong: 'the line of the size is too long',
    ChunkEnd: 'no line end where the chunk ends', BodyTooLong: 'the body is too long',
  };
  /** Every other reason is answered by 400. @type {Record<string, number>} */
  const STATUS = { RequestLineTooLong: 414, FieldLineTooLong: 431, HeadTooLong: 431, TooManyFields: 431, BodyTooLong: 413, Coding: 501, OtherVersion: 505 };
  /** Ends the reading: at the end of the bytes, or where a byte breaks a rule. */
  class Stop {
    constructor(/** @type {number} */ at, why = '') { this.at = at; this.why = why; }
  }
  const hasForm = (/** @type {string} */ method, /** @type {string} */ target) =>
    method === 'CONNECT' ? RegExp(`^${HOST.source}+:\\d{1,5}$`).test(target)
      : target[0] === '/' || (target === '*' ? method === 'OPTIONS' : RegExp(`^https?://${HOST.source}+([/?]|$)`, 'i').test(target));

  /** @param {string} bytes @returns {HttpReading} */
  const read = bytes => {
    /** @type {HttpPart[]} */ const parts = [];
    let at = 0, line = 0, tooLong = 'RequestLineTooLong', guard = 2;
    /** @type {HttpReading['body']} */ let body = 'none';
    /** @type {(at: number, why: string) => never} */
    const refuse = (at, why) => { throw new Stop(at, why); };
    const peek = () => at < bytes.length ? bytes[at] : refuse(bytes.length, '');
    const part = (/** @type {string} */ name, /** @type {number} */ start, end = at) => { if (end > start) parts.push({ name, at: start, end }); };
    /** Goes over bytes of a kind. @param {RegExp} kind */
    const over = kind => {
      const start = at;
      while (at < bytes.length && kind.test(bytes[at])) at++;
      return start;
    };
    /** CR LF, or why there is something else. @param {string} other @param {string} [name] @param {string} [cr] */
    const lineEnd = (other, name = 'line end', cr = 'BareCr') => {
      const start = at, first = peek();
      if (first !== '\r') refuse(at, first === '\n' && cr !== other ? 'BareLf' : other);
      at++;
      if (peek() !== '\n') refuse(at, cr);
      at++;
      part(name, start);
    };
    const endOfLine = (/** @type {string} */ other) => {
      const content = at;
      lineEnd(other);
      if (content - line > LIMITS.line) refuse(line + LIMITS.line, tooLong);
      line = at;
    };

    /** A method or a target, and the one space after it. @param {string} name @param {RegExp} kind @param {string} why */
    const word = (name, kind, why) => {
      const start = over(kind);
      part(name, start);
      if (peek() !== ' ' || at === start) refuse(at, why);
      return bytes.slice(start, at++);
    };
    const version = () => {
      const start = at;
      for (const c of 'HTTP/1.1') {
        const digit = /\d/.test(c), is = peek();
        if (digit ? !/\d/.test(is) : is !== c) refuse(at, 'Version');
        if (at === start + 5 && is !== '1') refuse(at, 'OtherVersion');
        at++;
      }
      part('version', start);
      return bytes[at - 1];
    };

    /** A field, or null at the empty line. @param {string} kind @param {number} count */
    const field = (kind, count) => {
      if (/[\r\n]/.test(peek())) return lineEnd('', 'blank line'), null;
      if (/[\t ]/.test(peek())) refuse(at, 'Fold');
      if (count === LIMITS.fields) refuse(at, 'TooManyFields');
      const from = over(TOKEN), name = bytes.slice(from, at).toLowerCase();
      part(kind + 'name', from);
      const next = peek();
      if (next !== ':' || at === from) refuse(at, /[\t ]/.test(next) ? 'SpaceBeforeColon' : next === '\r' ? 'NoColon' : next === '\n' ? 'BareLf' : 'Name');
      at++;
      over(/[\t ]/);
      peek();
      const start = over(VALUE), value = bytes.slice(start, at).replace(/[\t ]+$/, '');
      part(kind + 'value', start, start + value.length);
      endOfLine('Value');
      return { name, value, at: start };
    };
    const head = () => {
      /** @type {{name: string, value: string, at: number}[]} */ const found = [];
      if (/[\r\n]/.test(peek())) {
        lineEnd('');
        line = at;
      }
      const method = word('method', TOKEN, 'Method'), start = at, target = word('target', TARGET, 'Target');
      if (!hasForm(method, target)) refuse(start, 'TargetForm');
      const minor = version();
      endOfLine('Version');
      tooLong = 'FieldLineTooLong';
      for (let f; f = field('field ', found.length); found.push(f)) {
        const { name, value } = f, wrong = [...value].findIndex(c => !HOST.test(c));
        if (name !== 'host') continue;
        if (found.some(other => other.name === name)) refuse(f.at, 'TwoHosts');
        if (wrong >= 0) refuse(f.at + wrong, 'Host');
      }
      if (minor !== '0' && !found.some(f => f.name === 'host')) refuse(at - 1, 'NoHost');
      return { minor, found };
    };

    const data = (/** @type {string} */ name, /** @type {number} */ size) => {
      const start = at;
      at = Math.min(bytes.length, at + size);
      part(name, start);
      if (at < start + size) refuse(at, '');
    };
    const chunks = () => {
      let room = LIMITS.body, spare = LIMITS.head;
      const inLine = (/** @type {number} */ k) => { if (k - line >= LIMITS.line) refuse(k, 'ChunkLineTooLong'); };
      for (;;) {
        line = at;
        let size = 0;
        for (; HEX.test(peek()); at++) {
          if ((size = size * 16 + parseInt(bytes[at], 16)) > room) refuse(at, 'BodyTooLong');
          inLine(at);
        }
        part('chunk size', line);
        if (at === line || !/[;\r\n]/.test(peek())) refuse(at, 'ChunkSize');
        const extension = over(VALUE);
        for (let k = extension; k < at; k++) {
          if (k > extension && !spare--) refuse(k, 'HeadTooLong');
          inLine(k);
        }
        part('extension', extension);
        lineEnd('ChunkExtension');
        room -= size;
        if (!size) break;
        data('chunk data', size);
        lineEnd('ChunkEnd', 'line end', 'ChunkEnd');
      }
      guard = 1;
      for (line = at, spare += at; field('trailer ', 0);) if (at > spare) break;
      if (at > spare) refuse(spare, 'HeadTooLong');
    };
    /** Where the body ends: RFC 9112, section 6.3. @param {ReturnType<typeof head>} request */
    const rest = ({ minor, found }) => {
      const [length, second] = found.filter(f => f.name === 'content-length');
      const lines = found.filter(f => f.name === 'transfer-encoding');
      if (second) refuse(second.at, 'TwoLengths');
      if (length && lines.length) refuse(Math.max(length.at, lines[0].at), 'BothLengths');
      if (length) {
        const { value } = length, odd = /\D|$/.exec(value)?.index || 0;
        let size = 0n;
        for (let i = 0; i < odd; i++) if ((size = size * 10n + BigInt(value[i])) >= 2n ** 64n) refuse(length.at + i, 'BodyTooLong');
        if (odd < value.length || !value) refuse(length.at + odd, 'Length');
        body = 'length';
        data('body', Number(size));
      } else if (lines.length) {
        if (minor === '0') refuse(lines[0].at, 'OldVersionCoding');
        // All lines are one list.
        const codings = lines.flatMap(({ at, value }) => value.toLowerCase().split(/[\t ]*,[\t ]*/).map(word => ({ at, word })));
        const last = codings.splice(-1)[0], bad = codings.find(c => /^(chunked)?$/.test(c.word));
        if (last.word !== 'chunked') refuse(last.at, 'NotChunked');
        if (bad) refuse(bad.at, 'Codings');
        if (codings.length) refuse(codings[0].at, 'Coding');
        body = 'chunked';
        chunks();
      }
    };

    try {
      const request = head();
      if (at > LIMITS.head) refuse(LIMITS.head, 'HeadTooLong');
      guard = 0;
      rest(request);
      return { verdict: 'accepted', end: at, parts, body };
    } catch (stop) {
      if (!(stop instanceof Stop)) throw stop;
      let { at: end, why } = stop;
      const longest = line + LIMITS.line;
      // A limit that is passed first counts first.
      if (guard && end > longest && bytes[longest] !== '\r' && longest < LIMITS.head) [end, why] = [longest, tooLong];
      else if (guard > 1 && end > LIMITS.head) [end, why] = [LIMITS.head, 'HeadTooLong'];
      // A trailer's line is read once its LF is there.
      if (guard === 1 && !bytes.includes('\n', line) && bytes.length - line <= LIMITS.line) why = '';
      return why ? { verdict: 'refused', end, parts, body, at: end, why, status: STATUS[why] || 400 } : { verdict: 'partial', end, parts, body };
    }
  };
  return { read, WHY };
})();
