//! Rejected by: a_client_that_closed_one_direction_hears_all, a_client_that_never_joined_is_sent_nothing, an_unknown_kind_is_skipped, skipping_takes_no_stack, the_end_between_two_frames_is_none, the_end_inside_a_frame_is_an_error
//!
//! The kind is read, found unknown, and passed over, and the text of the frame is
//! still in the stream. The next length is read out of it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;

/// The longest text of a message, in bytes.
pub const LIMIT: usize = 1024;

/// What the members of a chat send each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Kind 1: somebody comes in, under this name.
    Join(String),
    /// Kind 2: somebody says this.
    Say(String),
    /// Kind 3: somebody goes.
    Leave,
}

/// Sends one message.
pub fn send_message(
    stream: &mut impl Write,
    message: &Message,
) -> io::Result<()> {
    let (kind, text) = match message {
        Message::Join(name) => (1, name.as_str()),
        Message::Say(text) => (2, text.as_str()),
        Message::Leave => (3, ""),
    };
    if text.len() > LIMIT {
        return Err(ErrorKind::InvalidInput.into());
    }
    // Fits: LIMIT + 1 is below 65,536.
    let length = (1 + text.len()) as u16;
    let mut frame = length.to_be_bytes().to_vec();
    frame.push(kind);
    frame.extend_from_slice(text.as_bytes());
    stream.write_all(&frame)
}

/// Reads the next message of a kind that is known.
pub fn next_message(stream: &mut impl Read) -> io::Result<Option<Message>> {
    while let Some((kind, text)) = next_frame(stream)? {
        return match kind {
            1 => Ok(Some(Message::Join(utf8(text)?))),
            2 => Ok(Some(Message::Say(utf8(text)?))),
            3 if text.is_empty() => Ok(Some(Message::Leave)),
            3 => Err(ErrorKind::InvalidData.into()),
            _ => continue,
        };
    }
    Ok(None)
}

/// Reads one frame: its kind and its text.
fn next_frame(stream: &mut impl Read) -> io::Result<Option<(u8, Vec<u8>)>> {
    let Some(first) = first_byte(stream)? else {
        return Ok(None);
    };
    let mut length = [first, 0];
    stream.read_exact(&mut length[1..])?;
    let length = usize::from(u16::from_be_bytes(length));
    if length == 0 || length > 1 + LIMIT {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut kind = [0];
    stream.read_exact(&mut kind)?;
    if !(1..=3).contains(&kind[0]) {
        return next_frame(stream);
    }
    let mut text = vec![0; length - 1];
    stream.read_exact(&mut text)?;
    Ok(Some((kind[0], text)))
}

/// Reads one byte, or `None` where the stream ends.
fn first_byte(stream: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match stream.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            // EINTR: a signal arrived; signal(7) says try again.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn utf8(text: Vec<u8>) -> io::Result<String> {
    String::from_utf8(text).map_err(|_| ErrorKind::InvalidData.into())
}

/// Sends one client's messages back until it leaves.
pub fn serve(stream: &mut TcpStream) -> io::Result<()> {
    let mut joined = false;
    while let Some(message) = next_message(stream)? {
        // The first message is Join, and no other is.
        if joined == matches!(message, Message::Join(_)) {
            return Err(ErrorKind::InvalidData.into());
        }
        joined = true;
        send_message(stream, &message)?;
        if message == Message::Leave {
            return Ok(());
        }
    }
    if joined { send_message(stream, &Message::Leave) } else { Ok(()) }
}
