//! Rejected by: a_broken_frame_ends_with_an_error, a_client_that_closed_one_direction_hears_all, a_frame_above_the_limit_is_refused_at_once, a_message_comes_back_at_once, a_reset_inside_a_frame_is_an_error, an_interrupted_read_is_tried_again, an_unknown_kind_is_skipped, messages_in_one_piece_are_read_one_by_one, messages_survive_being_split_into_single_bytes, messages_survive_every_cut, nobody_joins_twice, skipping_takes_no_stack
//!
//! One read, one message: the frame is taken out of whatever a single read has
//! brought, and the rest is dropped.

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

fn next_frame(stream: &mut impl Read) -> io::Result<Option<(u8, Vec<u8>)>> {
    let mut frame = [0; 3 + LIMIT];
    let count = loop {
        match stream.read(&mut frame) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            other => break other?,
        }
    };
    if count == 0 {
        return Ok(None);
    }
    if count < 3 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let length = usize::from(u16::from_be_bytes([frame[0], frame[1]]));
    if length == 0 || length > 1 + LIMIT {
        return Err(ErrorKind::InvalidData.into());
    }
    if count < 2 + length {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some((frame[2], frame[3..2 + length].to_vec())))
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
