//! Rejected by: a_conversation_has_many_turns, an_echo_comes_before_the_next_read, a_broken_connection_is_not_a_finished_one, a_megabyte_comes_back_while_it_is_sent
//!
//! Takes one read for the whole conversation.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::thread;

pub fn echo(client: &mut (impl Read + Write)) -> io::Result<()> {
    let mut buffer = [0; 4096];
    let count = client.read(&mut buffer)?;
    client.write_all(&buffer[..count])
}

pub fn serve(listener: &TcpListener) -> io::Result<()> {
    loop {
        let (mut client, _) = listener.accept()?;
        thread::spawn(move || echo(&mut client));
    }
}
