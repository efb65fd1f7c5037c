// @ts-check
// Colours code, in place of stock mdBook's highlight.js: the few languages
// of this book in 3 KB instead of forty-four in 137. The classes are the
// same, so mdBook's themes colour them.
//
// A language is a list of [class, pattern]: at each place the first pattern
// that matches wins. An empty class leaves text as it is.
(() => {
  'use strict';

  /** @type {Record<string, [string, RegExp][]>} */
  const languages = {
    rust: [
      ['comment', /\/\/.*|\/\*[^]*?\*\//y],
      ['string', /b?r(#*)"[^]*?"\1|[bc]?"(?:\\[^]|[^"\\])*"/y],
      ['string', /b?'(?:\\x..|\\u\{.*?\}|\\.|[^'\\\n])'/y],
      ['symbol', /'[a-z_]\w*/y],
      ['meta', /#!?\[(?:[^[\]]|\[[^\]]*\])*\]/y],
      ['number', /\d[\w]*(?:\.\d\w*)?/y],
      ['keyword', new RegExp('(?:as|async|await|break|const|continue|crate|' +
        'dyn|else|enum|extern|fn|for|if|impl|in|let|loop|match|mod|move|mut|' +
        'pub|ref|return|self|static|struct|super|trait|type|union|unsafe|' +
        'use|where|while)\\b', 'y')],
      ['literal', /(?:true|false)\b/y],
      ['type', /(?:bool|char|str|[iu](?:8|16|32|64|128|size)|f32|f64)\b/y],
      ['built_in', /[a-z_]\w*!(?!=)/y],
      ['', /\w+/y],
    ],
    toml: [
      ['comment', /#.*/y],
      ['section', /^\[.*\]/my],
      ['attr', /^[\w.-]+(?= *=)/my],
      ['string', /"[^"\n]*"/y],
      ['number', /\d[\d._]*/y],
      ['literal', /(?:true|false)\b/y],
      ['', /[\w-]+/y],
    ],
    console: [
      ['comment', /(?<=\s)#.*/y],
      ['meta', /^\$ /my],
      ['', /\w+/y],
    ],
  };
  languages.sh = languages.console;

  /**
   * Splits code into [class, text].
   * @param {string} code
   * @param {[string, RegExp][]} rules
   */
  function* tokens(code, rules) {
    let plain = 0;
    let at = 0;
    while (at < code.length) {
      let found = '';
      let name = '';
      for (const [kind, pattern] of rules) {
        pattern.lastIndex = at;
        const match = pattern.exec(code);
        if (match) {
          [found] = match;
          name = kind;
          break;
        }
      }
      if (name) {
        if (plain < at) yield ['', code.slice(plain, at)];
        yield [name, found];
        plain = at + found.length;
      }
      at += found.length || 1;
    }
    if (plain < at) yield ['', code.slice(plain)];
  }

  /** @param {Element} block */
  const highlightBlock = block => {
    const name = /language-(\w+)/.exec(block.className)?.[1] || '';
    const rules = languages[name];
    if (!rules || block.childElementCount) return;
    const parts = [...tokens(block.textContent || '', rules)];
    block.replaceChildren(...parts.map(([kind, text]) => {
      if (!kind) return text;
      const span = document.createElement('span');
      span.className = `hljs-${kind}`;
      span.textContent = text;
      return span;
    }));
  };

  // What mdBook's script calls.
  Object.assign(window, { hljs: { configure() {}, highlightBlock } });
})();
