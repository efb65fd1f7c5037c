//! What the mended program must get right.

use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};

use support::check::{Broken, Bytes, Log, Told, check, dump};

use super::exercise::*;

fn at(ip: [u8; 4], port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(ip.into(), port)
}

/// The 16 bytes as this machine's kernel takes them.
fn right(port: [u8; 2], ip: [u8; 4]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..2].copy_from_slice(&AF_INET.to_ne_bytes());
    bytes[2..4].copy_from_slice(&port);
    bytes[4..8].copy_from_slice(&ip);
    bytes
}

/// Claims what some of the bytes of an address are.
fn holds(
    log: &Log,
    address: SocketAddrV4,
    name: &str,
    range: std::ops::Range<usize>,
    due: &[u8],
) -> Result<(), Broken> {
    log.afresh().note("address", address.to_string(), "");
    let bytes = sockaddr_in(address);
    log.note("bytes", dump(&bytes), "");
    log.note("of these", name, "");
    log.expect(Bytes(due.to_vec()), Bytes(bytes[range].to_vec()))
}

/// Claims what one part of the address is.
fn reads<T: ToString>(
    log: &Log,
    bytes: [u8; 16],
    name: &str,
    due: T,
    get: fn(SocketAddrV4) -> T,
) -> Result<(), Broken> {
    log.afresh().note("bytes", dump(&bytes), "");
    log.note("read", name, "");
    let told = |part: T| Told(part.to_string());
    let got = address_of(&bytes).map(|address| told(get(address)));
    log.expect(Some(told(due)), got)
}

#[test]
fn the_family_is_in_the_order_of_this_machine() {
    check("02", "A number that was not swapped")
        .because(
            "The family never leaves this machine: the kernel reads it from \
             memory as it reads any number of its own. Swapped, 2 becomes \
             512, and no such family exists.",
        )
        .run(|log| {
            let family = AF_INET.to_ne_bytes();
            let address = at([127, 0, 0, 1], 8888);
            holds(log, address, "the family", 0..2, &family)
        });
}

#[test]
fn the_port_is_in_network_byte_order() {
    check("02", "A number that was not swapped")
        .because(
            "8888 is 0x22b8, and in network byte order 22 b8. The other way \
             round the kernel reads 47138, and says nothing: that is a port \
             like any other.",
        )
        .run(|log| {
            for (port, due) in [
                (8888, [0x22, 0xb8]),
                (8080, [0x1f, 0x90]),
                (80, [0, 80]),
                (256, [1, 0]),
            ] {
                let address = at([127, 0, 0, 1], port);
                holds(log, address, "the port", 2..4, &due)?;
            }
            Ok(())
        });
}

#[test]
fn the_address_is_in_network_byte_order() {
    check("02", "Network byte order")
        .because(
            "The first number of a written address is the most significant \
             byte, and goes first. `octets()` gives them so.",
        )
        .run(|log| {
            for ip in [[127, 0, 0, 1], [10, 20, 30, 40]] {
                let address = at(ip, 8888);
                let bytes = sockaddr_in(address);
                log.afresh().note("address", address.to_string(), "");
                log.note("bytes", dump(&bytes), "");
                let due = right([0x22, 0xb8], ip);
                log.expect(Bytes(due.to_vec()), Bytes(bytes.to_vec()))?;
            }
            Ok(())
        });
}

#[test]
fn a_client_finds_the_listener_where_it_was_asked_for() {
    check("02", "A number that was not swapped")
        .because(
            "The listener was asked for one address and is at another, or \
             nowhere. No client will find it. The kernel was told so by \
             16 bytes, and did what they said.",
        )
        .run(|log| {
            let address = free_address()?;
            log.note("asked for", address.to_string(), "");
            let got = match listen(address) {
                Ok(listener) => listener.local_addr()?.to_string(),
                Err(error) => error.to_string(),
            };
            log.expect(Told(address.to_string()), Told(got))
        });
}

/// An address on loopback that nobody else uses: 127.0.0.0/8 is all of this
/// machine's, and this process has one of its own. Of the ports the first
/// that is free, and whose mirror image is.
fn free_address() -> Result<SocketAddrV4, Broken> {
    let [_, _, c, d] = std::process::id().to_be_bytes();
    let ip = [127, 2, c, d.max(1)];
    let free = |port| TcpListener::bind(at(ip, port)).is_ok();
    let ports = [8888, 8080, 8000, 9000, 5201, 6667];
    let both = |port: &u16| free(*port) && free(port.swap_bytes());
    let port = ports.into_iter().find(both).unwrap_or(8888);
    Ok(at(ip, port))
}

#[test]
fn the_family_is_read_as_it_is_written() {
    check("02", "A number that was not swapped")
        .because(
            "The bytes came from this machine's kernel. AF_INET is 2 in the \
             machine's own order. Every other family has another layout, \
             and the answer is None.",
        )
        .run(|log| {
            let bytes = right([0x22, 0xb8], [10, 10, 10, 10]);
            log.afresh().note("bytes", dump(&bytes), "");
            let is_there = address_of(&bytes).is_some();
            log.note("an IPv4 address", "", "");
            log.expect(true, is_there)?;
            for family in [0, 1, 10, AF_INET.swap_bytes()] {
                let mut bytes = bytes;
                bytes[..2].copy_from_slice(&family.to_ne_bytes());
                log.afresh().note("bytes", dump(&bytes), "");
                let got = address_of(&bytes).map(|a| Told(a.to_string()));
                log.expect(None, got)?;
            }
            Ok(())
        });
}

#[test]
fn a_port_is_read_from_network_byte_order() {
    check("02", "A number that was not swapped")
        .because(
            "The first byte of the port is the more significant one, on \
             every machine. The port that you read is the one that other \
             programs would have to name.",
        )
        .run(|log| {
            for (bytes, due) in
                [([0x22, 0xb8], 8888), ([0, 80], 80), ([0xff, 0xfe], 65_534)]
            {
                let bytes = right(bytes, [10, 10, 10, 10]);
                reads(log, bytes, "the port", due, |a| a.port())?;
            }
            Ok(())
        });
}

#[test]
fn an_address_is_read_from_network_byte_order() {
    check("02", "Network byte order")
        .because(
            "The four bytes stand in the order in which an address is \
             written. A u32 made of them has an order, and it must be the \
             network's.",
        )
        .run(|log| {
            for ip in [[127, 0, 0, 1], [10, 20, 30, 40]] {
                let bytes = right([0x22, 0x22], ip);
                let due = Ipv4Addr::from(ip);
                reads(log, bytes, "the address", due, |a| *a.ip())?;
            }
            Ok(())
        });
}

#[test]
fn the_right_port_is_right() {
    check("02", "A number that was not swapped")
        .because(
            "The listener is where it was asked to be. Ports whose two bytes \
             are the same are the same either way, and right.",
        )
        .run(|log| {
            for port in [8888, 80, 0x2222, 0xffff] {
                diagnosed(log, port, port, Diagnosis::Right)?;
            }
            Ok(())
        });
}

#[test]
fn a_swapped_port_is_recognised() {
    check("02", "A number that was not swapped")
        .because(
            "The two ports have the same bytes, in the other order. It is \
             the numbers' bytes that are swapped, not their digits.",
        )
        .run(|log| {
            for (asked, got) in
                [(8888, 47_138), (8080, 36_895), (36_895, 8080), (80, 20_480)]
            {
                diagnosed(log, asked, got, Diagnosis::Swapped)?;
            }
            Ok(())
        });
}

#[test]
fn another_fault_is_another_fault() {
    check("02", "A number that was not swapped")
        .because(
            "Neither port is the other with its bytes swapped. Something \
             else went wrong: perhaps port 0 was asked for, and the kernel \
             chose.",
        )
        .run(|log| {
            for (asked, got) in [
                (8888, 8889),
                (8888, 8880),
                (0, 40_961),
                (8080, 808),
                (0x1234, 0x4321),
                (0x1200, 0x1234),
                (0x1234, 0x3400),
                (0x1234, 0xedcb),
            ] {
                diagnosed(log, asked, got, Diagnosis::Other)?;
            }
            Ok(())
        });
}

fn diagnosed(
    log: &Log,
    asked: u16,
    got: u16,
    due: Diagnosis,
) -> Result<(), Broken> {
    log.afresh().note("asked for", format!("{asked} = {asked:#06x}"), "");
    log.note("listens", format!("{got} = {got:#06x}"), "");
    let told = |diagnosis| Told(format!("{diagnosis:?}"));
    log.expect(told(due), told(diagnose(asked, got)))
}
