//! Take a body out of its chunks.
//!
//! Whoever doesn't know the length of a body when it begins sends it in chunks
//! (RFC 9112, section 7.1). Write `ChunkedDecoder`, which is given the bytes in
//! pieces of any size, as they arrive:
//!
//! ```text
//!   5\r\n           the size of a chunk, in hexadecimal
//!   hello\r\n       so many bytes of the body, and CR LF
//!   6;a=b\r\n       an extension behind the size: passed over
//!    world\r\n
//!   0\r\n           the last chunk: no bytes follow
//!   A: b\r\n        trailer fields: passed over
//!   \r\n            the end
//! ```
//!
//! `decode` takes bytes off the front of a piece, puts the body's at the end of
//! `out`, and answers how many it took: all of them, unless the end came. From
//! then on `is_done` is true and `decode` takes 0 bytes: what follows belongs
//! to the next request.
//!
//! - What has come of a chunk's data is put out at once. It isn't kept.
//! - A size is one or more hexadecimal digits, of either case. CR LF follows,
//!   or `;` and an extension. An extension has no control characters but the
//!   tab.
//! - Every line ends with CR LF, and data is followed by CR LF: never by LF or
//!   CR alone. A trailer line holds no control characters but the tab either.
//! - A size, its extension and CR LF have `limits.line` bytes at most: 400.
//! - All chunks together have `limits.body` bytes at most: 413, as soon as a
//!   size says that there will be more, also where no `u64` holds it.
//! - The trailer, all lines with their endings and the empty one, has
//!   `limits.trailer` bytes at most: 431.
//! - Anything else that breaks these rules is 400. A refusal comes with the
//!   byte that makes it due, and is final: every later call gives the same one.
//!
//! The chapter's server also reads a trailer's line as a field, and counts
//! extensions and trailer together; its limit of a line is without CR LF.
//!
//! Check it: `cargo workbook check chunked_decoder`
//!
//! Read chapter 16, "Chunked" and "Pieces and limits".

/// How much a client may send.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a line with a size, its ending too.
    pub line: usize,
    /// Bytes of the body, all chunks together.
    pub body: u64,
    /// Bytes of the trailer, the empty line too.
    pub trailer: usize,
}

/// Takes pieces of a chunked body and gives the body.
pub struct ChunkedDecoder {
    // What must be remembered from one piece to the next?
}

impl ChunkedDecoder {
    /// Makes a decoder for one body.
    pub fn new(limits: Limits) -> ChunkedDecoder {
        todo!("a size is what comes first")
    }

    /// Takes bytes off the front of `bytes`, adds those of the body to `out`,
    /// and says how many it took.
    pub fn decode(
        &mut self,
        bytes: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<usize, u16> {
        todo!("a state, and what each byte does in it")
    }

    /// Whether the whole body has come.
    pub fn is_done(&self) -> bool {
        todo!("after the empty line")
    }
}
