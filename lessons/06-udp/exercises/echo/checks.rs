//! What `echo` must send, and to whom.

use std::io;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use support::check::{Broken, Log, Show, check};

use super::exercise::*;

/// The server's socket, and clients that send to it.
fn server_and<const N: usize>() -> io::Result<(UdpSocket, [UdpSocket; N])> {
    let server = patient()?;
    let clients: Vec<_> =
        (0..N).map(|_| patient()).collect::<io::Result<_>>()?;
    for client in &clients {
        client.connect(server.local_addr()?)?;
    }
    let clients = clients.try_into().map_err(|_| io::Error::other("count"))?;
    Ok((server, clients))
}

/// Whoever takes a datagram too many waits in vain.
fn patient() -> io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    Ok(socket)
}

fn sends(log: &Log, client: &UdpSocket, data: &[u8]) -> io::Result<()> {
    log.sent(data, &format!("{} bytes", data.len()));
    client.send(data).map(drop)
}

/// Claims what comes back to a client.
fn comes_back(log: &Log, client: &UdpSocket, due: &[u8]) -> Result<(), Broken> {
    let mut buffer = vec![0; 65_536];
    let Ok(count) = client.recv(&mut buffer) else {
        log.note("expected", due.show(), "back where it came from");
        return log.broken("nothing came back there within a second");
    };
    buffer.truncate(count);
    log.expect(due.to_vec(), buffer)
}

#[test]
fn the_same_bytes_come_back() {
    check("06", "A datagram is a message")
        .because(
            "An echo sends what came: so many bytes as recv_from counted, \
             and the bytes as they are, text or not.",
        )
        .run(|log| {
            let (server, [client]) = server_and()?;
            let all: Vec<u8> = (0..=255).collect();
            sends(log, &client, &all)?;
            sends(log, &client, b"hello")?;
            echo(&server, 2)?;
            comes_back(log, &client, &all)?;
            comes_back(log, &client, b"hello")
        });
}

#[test]
fn an_empty_datagram_comes_back() {
    check("06", "An empty datagram")
        .because(
            "A receive of 0 bytes is no end: somebody sent a datagram \
             without data, and waits for the same.",
        )
        .run(|log| {
            let (server, [client]) = server_and()?;
            sends(log, &client, b"")?;
            sends(log, &client, b"more")?;
            echo(&server, 2)?;
            comes_back(log, &client, b"")?;
            comes_back(log, &client, b"more")
        });
}

#[test]
fn each_client_gets_its_own() {
    check("06", "No connection")
        .because(
            "One socket hears all clients. Only the address that came with \
             a datagram says to whom its answer goes.",
        )
        .run(|log| {
            let (server, [alice, bob]) = server_and()?;
            sends(log, &alice, b"from alice")?;
            sends(log, &bob, b"from bob")?;
            sends(log, &alice, b"alice again")?;
            echo(&server, 3)?;
            comes_back(log, &bob, b"from bob")?;
            comes_back(log, &alice, b"from alice")?;
            comes_back(log, &alice, b"alice again")
        });
}

#[test]
fn a_long_datagram_comes_back_whole() {
    check("06", "What does not fit is lost")
        .because(
            "What exceeds your buffer is gone. The longest datagram over \
             IPv4 has 65,507 bytes of data.",
        )
        .run(|log| {
            let (server, [client]) = server_and()?;
            for length in [1_473, 9_000, 65_507] {
                let data = vec![b'x'; length];
                sends(log.afresh(), &client, &data)?;
                echo(&server, 1)?;
                comes_back(log, &client, &data)?;
            }
            Ok(())
        });
}

#[test]
fn what_comes_after_the_last_stays() {
    check("06", "A datagram is a message")
        .because(
            "`count` says how many datagrams are yours. The next one is \
             for whoever receives after you.",
        )
        .run(|log| {
            let (server, [client]) = server_and()?;
            sends(log, &client, b"one")?;
            sends(log, &client, b"two")?;
            echo(&server, 1)?;
            comes_back(log, &client, b"one")?;
            echo(&server, 1)?;
            comes_back(log, &client, b"two")
        });
}
