//! What means everybody, and what doesn't.

use std::net::Ipv4Addr;

use support::check::{Broken, Log, check};

use super::exercise::*;

/// Claims the broadcast address of a network.
fn is(
    log: &Log,
    address: [u8; 4],
    netmask: [u8; 4],
    due: Result<[u8; 4], NoBroadcast>,
) -> Result<(), Broken> {
    let (address, netmask) = (Ipv4Addr::from(address), netmask.into());
    log.note("host", address.to_string(), &format!("netmask {netmask}"));
    let told = |answer: Result<Ipv4Addr, NoBroadcast>| match answer {
        Ok(everybody) => everybody.to_string(),
        Err(none) => format!("no broadcast address: {none:?}"),
    };
    let got = broadcast_address(address, netmask);
    log.expect(told(due.map(Ipv4Addr::from)), told(got))
}

/// Claims whether an address means everybody at 10.0.0.1.
fn means(
    log: &Log,
    destination: [u8; 4],
    netmask: [u8; 4],
    due: bool,
) -> Result<(), Broken> {
    let (destination, netmask) = (destination.into(), netmask.into());
    let host = Ipv4Addr::new(10, 0, 0, 1);
    log.note("host", host.to_string(), &format!("netmask {netmask}"));
    log.note("asked", format!("is {destination} for everybody?"), "");
    log.expect(due, is_for_everybody(destination, host, netmask))
}

#[test]
fn the_host_part_is_all_ones() {
    check("07", "Addresses for everybody")
        .because(
            "The bits under the mask's zeros number the hosts. All of them \
             set means every host.",
        )
        .run(|log| {
            is(log, [10, 0, 0, 1], [255, 255, 255, 0], Ok([10, 0, 0, 255]))?;
            is(
                log.afresh(),
                [10, 9, 8, 7],
                [255, 255, 0, 0],
                Ok([10, 9, 255, 255]),
            )?;
            is(
                log.afresh(),
                [10, 9, 8, 7],
                [255, 0, 0, 0],
                Ok([10, 255, 255, 255]),
            )
        });
}

#[test]
fn a_mask_may_end_inside_a_byte() {
    check("07", "Addresses for everybody")
        .because(
            "A mask counts bits, not bytes: the byte in which it ends has \
             some bits of the network, and some of the host.",
        )
        .run(|log| {
            is(
                log,
                [192, 168, 5, 130],
                [255, 255, 255, 192],
                Ok([192, 168, 5, 191]),
            )?;
            is(
                log.afresh(),
                [172, 16, 200, 3],
                [255, 255, 240, 0],
                Ok([172, 16, 207, 255]),
            )
        });
}

#[test]
fn a_mask_without_ones_is_one_network() {
    check("07", "Addresses for everybody")
        .because(
            "No bit belongs to the network, so all 32 are the host's: \
             255.255.255.255.",
        )
        .run(|log| is(log, [10, 0, 0, 1], [0; 4], Ok([255; 4])));
}

#[test]
fn a_mask_with_a_hole_is_refused() {
    check("07", "Addresses for everybody")
        .because(
            "Ones, then zeros. With a one after a zero it parts nothing, and \
             whoever typed it meant another.",
        )
        .run(|log| {
            let refused = Err(NoBroadcast::Mask);
            is(log, [10, 0, 0, 1], [255, 0, 255, 0], refused)?;
            is(log.afresh(), [10, 0, 0, 1], [0, 0, 0, 255], refused)?;
            is(log.afresh(), [10, 0, 0, 1], [255, 255, 253, 0], refused)
        });
}

#[test]
fn two_hosts_need_no_broadcast() {
    check("07", "Addresses for everybody")
        .because(
            "With 31 ones both addresses are hosts, one for each end of a \
             link (RFC 3021); with 32 there is one host. None is left over \
             for everybody.",
        )
        .run(|log| {
            let none = Err(NoBroadcast::TooSmall);
            is(log, [10, 0, 0, 1], [255, 255, 255, 254], none)?;
            is(log.afresh(), [10, 0, 0, 1], [255; 4], none)?;
            is(
                log.afresh(),
                [10, 0, 0, 1],
                [255, 255, 255, 252],
                Ok([10, 0, 0, 3]),
            )
        });
}

#[test]
fn the_limited_broadcast_is_for_everybody() {
    check("07", "Addresses for everybody")
        .because(
            "255.255.255.255 is for all on this link, whatever the network's \
             numbers are: even where it has no broadcast address of its own.",
        )
        .run(|log| {
            means(log, [255; 4], [255, 255, 255, 0], true)?;
            means(log.afresh(), [255; 4], [255, 255, 255, 254], true)
        });
}

#[test]
fn the_networks_own_is_for_everybody() {
    check("07", "Addresses for everybody")
        .because("It is the address that you have worked out.")
        .run(|log| means(log, [10, 0, 0, 255], [255, 255, 255, 0], true));
}

#[test]
fn an_address_in_255_may_be_a_host() {
    check("07", "Addresses for everybody")
        .because(
            "In 10.0.0.0/16 the host's part has 16 bits, and 10.0.0.255 is \
             one host among 65,534. Only the mask tells.",
        )
        .run(|log| {
            means(log, [10, 0, 0, 255], [255, 255, 0, 0], false)?;
            means(log.afresh(), [10, 0, 0, 127], [255, 255, 255, 128], true)
        });
}

#[test]
fn another_networks_broadcast_is_not_ours() {
    check("07", "Addresses for everybody")
        .because(
            "It is for everybody over there. Here it is an address like any \
             other.",
        )
        .run(|log| {
            means(log, [10, 0, 1, 255], [255, 255, 255, 0], false)?;
            means(log.afresh(), [10, 0, 0, 2], [255, 255, 255, 0], false)
        });
}
