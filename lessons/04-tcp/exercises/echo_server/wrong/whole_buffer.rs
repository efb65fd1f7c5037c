//! Rejected by: what_a_client_sends_comes_back, a_conversation_has_many_turns, an_echo_comes_before_the_next_read, a_short_write_is_continued, bytes_that_are_no_text_come_back, a_megabyte_comes_back_while_it_is_sent
//!
//! Sends the whole buffer back, whatever part of it the read has filled.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;

pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = vec![0; 2 << 20];
    while client.read(&mut buffer)? > 0 {
        client.write_all(&buffer)?;
    }
    Ok(())
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept()?;
        thread::spawn(move || echo(&mut client));
    }
}
