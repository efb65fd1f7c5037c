//! Rejected by: a_question_is_answered, each_asker_gets_its_own_answer, nonsense_gets_silence, every_datagram_counts
//!
//! Says who it is, and not where: the port is missing. The one that the
//! answer comes from is the discovery's own.

use std::io;
use std::net::UdpSocket;

/// Takes `count` datagrams, and answers those that ask for `service`: it is
/// at `port` of this host.
pub fn answer(
    socket: &UdpSocket,
    service: &str,
    port: u16,
    count: usize,
) -> io::Result<()> {
    let mut buffer = [0; 1500];
    for _ in 0..count {
        let (length, from) = socket.recv_from(&mut buffer)?;
        if let Some(id) = question(&buffer[..length], service) {
            let answer = format!("HERE {id:04x} {service}");
            socket.send_to(answer.as_bytes(), from)?;
        }
    }
    Ok(())
}

/// The number of a question for the service. `None`: it is no such question.
fn question(datagram: &[u8], service: &str) -> Option<u16> {
    let text = std::str::from_utf8(datagram).ok()?;
    let (id, wanted) = text.strip_prefix("WHO ")?.split_once(' ')?;
    let digits = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let whole = id.len() == 4 && digits;
    let id = u16::from_str_radix(id, 16).ok()?;
    (whole && wanted == service).then_some(id)
}
