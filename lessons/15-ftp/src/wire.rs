//! Frames, and between them the bytes of files, on one stream.
//!
//! ```text
//! 00 00 00 06 size 5 hello 00 00 00 03 end
//! └ length ─┘ frame  bytes └ length ─┘ frame
//! ```
//!
//! A read doesn't know where a frame ends, so the first bytes of a file may
//! come by the read that brought the frame. They are in the decoder then, and
//! [`Wire::receive`] looks there first.

use std::fmt::Display;
use std::io::{self, ErrorKind, Read, Write};
use std::mem;

use lesson_framing::{Decoder, Framing, LengthPrefix, Status};

use crate::message::LONGEST;

/// What one read of a frame takes at most.
const PIECE: usize = 4096;
/// What one read of a file's bytes takes at most.
const BLOCK: usize = 256 * 1024;

/// A stream that carries both.
pub struct Wire<S> {
    stream: S,
    framing: LengthPrefix,
    decoder: Decoder<LengthPrefix>,
}

impl<S: Read + Write> Wire<S> {
    /// At the start of a frame.
    pub fn new(stream: S) -> Self {
        let framing = LengthPrefix::new(LONGEST);
        let decoder = Decoder::new(framing.clone());
        Wire { stream, framing, decoder }
    }

    /// The stream, for bytes that are counted: they are no frame.
    pub fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// Those of the stream; one that is too long isn't sent.
    pub fn send(&mut self, message: impl Display) -> io::Result<()> {
        self.send_all([message])
    }

    /// Sends frames, by few calls.
    ///
    /// # Errors
    /// The same.
    pub fn send_all<M: Display>(
        &mut self,
        messages: impl IntoIterator<Item = M>,
    ) -> io::Result<()> {
        let mut out = Vec::new();
        for message in messages {
            let text = message.to_string();
            self.framing.encode(text.as_bytes(), &mut out)?;
            if out.len() > BLOCK {
                self.stream.write_all(&out)?;
                out.clear();
            }
        }
        self.stream.write_all(&out)
    }

    // ANCHOR: frame
    /// The next frame; `None` is the end, between two.
    ///
    /// # Errors
    /// Those of the stream, and those of lesson 05: a frame that is too long
    /// or cut off. Then nobody knows where the next begins.
    pub fn frame(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Status::Complete(message) = self.decoder.message()? {
                return Ok(Some(message.to_vec()));
            }
            let mut piece = [0; PIECE];
            match self.stream.read(&mut piece) {
                Ok(0) => {
                    return self
                        .decoder
                        .finish()
                        .map(|()| None)
                        .map_err(io::Error::from);
                }
                Ok(count) => self.decoder.push(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    // ANCHOR_END: frame

    // ANCHOR: receive
    /// Takes the next `count` bytes, which are no frame, to `to`.
    ///
    /// The inner result is `to`'s: where it takes no more, as a full disk,
    /// the rest is read all the same. So the next frame is found. What that
    /// costs is the time of the rest.
    ///
    /// # Errors
    /// Those of the stream; `UnexpectedEof` if it ends before.
    pub fn receive(
        &mut self,
        count: u64,
        to: &mut dyn Write,
    ) -> io::Result<io::Result<()>> {
        let mut told = Ok(());
        let here = self.take_kept(count);
        put(to, &here, &mut told);
        let mut left = count - here.len() as u64;
        let mut block = vec![0; left.min(BLOCK as u64) as usize];
        while left > 0 {
            let most = left.min(BLOCK as u64) as usize;
            match self.stream.read(&mut block[..most]) {
                Ok(0) => return Err(cut_off(count - left, count)),
                Ok(read) => {
                    put(to, &block[..read], &mut told);
                    left -= read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(told)
    }

    /// What has come with the last frame, up to `most` bytes.
    fn take_kept(&mut self, most: u64) -> Vec<u8> {
        let fresh = Decoder::new(self.framing.clone());
        let mut kept = mem::replace(&mut self.decoder, fresh).into_kept();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let after = kept.split_off(most.min(kept.len()));
        self.decoder.push(&after);
        kept
    }
    // ANCHOR_END: receive
}

/// Writes, unless something has gone wrong before.
fn put(to: &mut dyn Write, bytes: &[u8], told: &mut io::Result<()>) {
    if told.is_ok() {
        *told = to.write_all(bytes);
    }
}

/// The end came before all was there.
fn cut_off(there: u64, count: u64) -> io::Error {
    let text = format!("the stream ended after {there} of {count} bytes");
    io::Error::new(ErrorKind::UnexpectedEof, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;
    use std::thread::{self, JoinHandle};

    /// Both ends, at each the same rules.
    fn wires() -> (Wire<UnixStream>, Wire<UnixStream>) {
        let (one, other) = UnixStream::pair().unwrap();
        (Wire::new(one), Wire::new(other))
    }

    #[test]
    fn frames_and_counted_bytes_take_turns_however_they_are_cut() {
        let mut bytes = Vec::new();
        let framing = LengthPrefix::new(LONGEST);
        framing.encode(b"size 5", &mut bytes).unwrap();
        bytes.extend(b"hello");
        framing.encode(b"end", &mut bytes).unwrap();
        for piece in 1..=bytes.len() {
            let (mut here, there) = wires();
            let mut there = there.stream;
            for piece in bytes.chunks(piece) {
                there.write_all(piece).unwrap();
            }
            drop(there);

            let mut got = Vec::new();
            assert_eq!(here.frame().unwrap().unwrap(), b"size 5");
            here.receive(5, &mut got).unwrap().unwrap();
            assert_eq!(got, b"hello");
            assert_eq!(here.frame().unwrap().unwrap(), b"end");
            assert_eq!(here.frame().unwrap(), None);
        }
    }

    #[test]
    fn who_takes_no_more_does_not_lose_the_next_frame() {
        let (mut here, there) = wires();
        let (size, sending) = sending(there);

        let mut full = [0; 3];
        let told = here.receive(size, &mut &mut full[..]).unwrap();

        assert_eq!(told.unwrap_err().kind(), ErrorKind::WriteZero);
        assert_eq!(here.frame().unwrap().unwrap(), b"end");
        sending.join().unwrap();
    }

    /// Sends more bytes than one read takes, and a frame behind them.
    fn sending(mut there: Wire<UnixStream>) -> (u64, JoinHandle<()>) {
        let sending = thread::spawn(move || {
            there.stream().write_all(&[b'x'; BLOCK + 5]).unwrap();
            there.send("end").unwrap();
        });
        (BLOCK as u64 + 5, sending)
    }

    /// Fails once.
    struct Once(bool);

    impl Write for Once {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match std::mem::replace(&mut self.0, true) {
                true => Ok(bytes.len()),
                false => Err(ErrorKind::StorageFull.into()),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn of_a_file_whose_first_bytes_were_lost_nobody_says_that_it_is_whole() {
        let (mut here, mut there) = wires();
        let mut bytes = Vec::new();
        here.framing.encode(b"size 5", &mut bytes).unwrap();
        there.stream().write_all(&[&bytes[..], b"he"].concat()).unwrap();
        assert_eq!(here.frame().unwrap().unwrap(), b"size 5");
        there.stream().write_all(b"llo").unwrap();

        let told = here.receive(5, &mut Once(false)).unwrap();

        assert_eq!(told.unwrap_err().kind(), ErrorKind::StorageFull);
    }

    #[test]
    fn a_file_of_more_than_one_block_ends_where_the_next_frame_begins() {
        let (mut here, there) = wires();
        let (size, sending) = sending(there);

        let mut got = Vec::new();
        here.receive(size, &mut got).unwrap().unwrap();

        assert!(got == [b'x'; BLOCK + 5]);
        assert_eq!(here.frame().unwrap().unwrap(), b"end");
        sending.join().unwrap();
    }

    #[test]
    fn an_end_in_the_middle_is_told_apart() {
        let (mut here, mut there) = wires();
        there.stream().write_all(b"he").unwrap();
        drop(there);
        let error = here.receive(5, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        let told = error.to_string();
        assert_eq!(told, "the stream ended after 2 of 5 bytes");

        let (mut here, mut there) = wires();
        there.stream().write_all(b"\0\0").unwrap();
        drop(there);
        let error = here.frame().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn nothing_is_kept_for_a_frame_that_is_too_long() {
        let (mut here, mut there) = wires();
        there.stream().write_all(&u32::MAX.to_be_bytes()).unwrap();
        let error = here.frame().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);

        let long = "n".repeat(LONGEST + 1);
        assert!(there.send(&long).is_err());
    }
}
