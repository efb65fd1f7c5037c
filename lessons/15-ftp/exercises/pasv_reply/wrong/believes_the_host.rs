//! Rejected by: the_data_goes_to_the_host_of_the_control_connection
//!
//! Connects where a 227 says.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

/// The reply to PASV.
pub fn pasv_reply(address: SocketAddrV4) -> String {
    let [a, b, c, d] = address.ip().octets();
    let [p1, p2] = address.port().to_be_bytes();
    format!("227 Entering Passive Mode ({a},{b},{c},{d},{p1},{p2})\r\n")
}

/// The reply to EPSV.
pub fn epsv_reply(port: u16) -> String {
    format!("229 Entering Extended Passive Mode (|||{port}|)\r\n")
}

/// The address in a 227.
pub fn read_pasv(line: &str) -> Option<SocketAddrV4> {
    if line.contains(['\r', '\n']) {
        return None;
    }
    let words = line.strip_prefix("227 ")?;
    let numbers = &words[words.find(|it: char| it.is_ascii_digit())?..];
    let belongs = |it: char| it.is_ascii_digit() || it == ',';
    let end = numbers.find(|it| !belongs(it)).unwrap_or(numbers.len());
    let numbers = &numbers[..end];
    let numbers: Option<Vec<u8>> =
        numbers.split(',').map(|it| number(it, 3)).collect();
    let [a, b, c, d, p1, p2] = numbers?[..] else { return None };
    let port = u16::from_be_bytes([p1, p2]);
    let address = SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port);
    (port != 0).then_some(address)
}

/// The port in a 229.
pub fn read_epsv(line: &str) -> Option<u16> {
    if line.contains(['\r', '\n']) {
        return None;
    }
    let (_, within) = line.strip_prefix("229 ")?.split_once('(')?;
    let sign = within.chars().next()?;
    if !sign.is_ascii_graphic() || sign.is_ascii_digit() {
        return None;
    }
    let front = [sign; 3].iter().collect::<String>();
    let (port, behind) = within.strip_prefix(&*front)?.split_once(sign)?;
    let port = number(port, 5).filter(|port| *port != 0)?;
    behind.starts_with(')').then_some(port)
}

/// Where the data connection goes: the control connection leads to `server`.
pub fn data_address(line: &str, server: IpAddr) -> Option<SocketAddr> {
    if let Some(address) = read_pasv(line) {
        return Some(address.into());
    }
    let port = read_epsv(line)?;
    Some(SocketAddr::new(server, port))
}

/// Digits and nothing else, so many at most.
fn number<T: std::str::FromStr>(text: &str, most: usize) -> Option<T> {
    let plain = text.bytes().all(|it| it.is_ascii_digit());
    let number = (plain && text.len() <= most).then(|| text.parse().ok());
    number.flatten()
}
