//! Rejected by: the_end_ends_the_conversation, what_a_client_sends_comes_back, a_conversation_has_many_turns, an_echo_comes_before_the_next_read, a_short_write_is_continued, bytes_that_are_no_text_come_back
//!
//! Takes 0 bytes for "nothing yet" and asks again, for ever.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;

pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        let count = client.read(&mut buffer)?;
        if count > 0 {
            client.write_all(&buffer[..count])?;
        }
    }
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept()?;
        thread::spawn(move || echo(&mut client));
    }
}
