//! Rejected by: each_asker_gets_its_own_answer, nonsense_gets_silence, every_datagram_counts
//!
//! Puts one number into all answers. The asker takes it for the answer to
//! another question.

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
        if let Some(_) = question(&buffer[..length], service) {
            let answer = format!("HERE 0007 {service} {port}");
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
