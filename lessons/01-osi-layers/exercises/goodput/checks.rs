//! What `bill` and `goodput` must get right.

use support::check::{Broken, Log, Show, check};

use super::exercise::*;

/// TCP over IPv4 on Ethernet: room for 1460 bytes.
const TCP: Path = Path { mtu: 1500, ip_header: 20, transport_header: 20 };

/// UDP over IPv4 on Ethernet: room for 1472 bytes.
const UDP: Path = Path { mtu: 1500, ip_header: 20, transport_header: 8 };

/// Claims what a payload costs: frames, and bytes on the wire.
fn costs(
    log: &Log,
    path: Path,
    payload: u64,
    frames: u64,
    wire_bytes: u64,
) -> Result<(), Broken> {
    note(log, path, payload);
    let due = Some(Bill { frames, wire_bytes });
    log.expect(Told(due), Told(bill(path, payload)))
}

/// Claims that there is no room for data.
fn has_no_room(log: &Log, path: Path, payload: u64) -> Result<(), Broken> {
    note(log, path, payload);
    log.expect(Told(None), Told(bill(path, payload)))
}

fn note(log: &Log, path: Path, payload: u64) {
    let Path { mtu, ip_header, transport_header } = path;
    let told = format!("MTU {mtu}, headers {ip_header} + {transport_header}");
    log.afresh().note("path", told, "");
    log.note("payload", bytes(payload), "");
}

fn bytes(count: u64) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} byte{plural}")
}

/// A bill in words.
#[derive(PartialEq)]
struct Told(Option<Bill>);

impl Show for Told {
    fn show(&self) -> String {
        match self.0 {
            None => "None".to_string(),
            Some(Bill { frames: 1, wire_bytes }) => {
                format!("1 frame, {}", bytes(wire_bytes))
            }
            Some(Bill { frames, wire_bytes }) => {
                format!("{frames} frames, {}", bytes(wire_bytes))
            }
        }
    }
}

/// Claims the goodput of a payload.
fn arrive(
    log: &Log,
    payload: u64,
    wire_bytes: u64,
    line_rate: u64,
    due: u64,
) -> Result<(), Broken> {
    let told = format!("{payload} of {}", bytes(wire_bytes));
    log.afresh().note("payload", told, "");
    log.note("line rate", format!("{line_rate} bit/s"), "");
    log.expect(due, goodput(payload, wire_bytes, line_rate))
}

#[test]
fn a_full_frame_of_tcp_takes_1538_bytes() {
    check("01", "What headers cost")
        .because(
            "1460 bytes of data, 20 of TCP and 20 of IPv4 fill the MTU of \
             1500. Ethernet adds preamble 8, header 14, FCS 4 and gap 12. \
             The gap is silence, and nothing can be sent in it.",
        )
        .run(|log| costs(log, TCP, 1460, 1, 1538));
}

#[test]
fn ethernet_is_not_a_part_of_the_mtu() {
    check("01", "What headers cost")
        .because(
            "The MTU is what a frame carries: IP and all inside it. \
             Ethernet's own header and FCS are outside, so they take no \
             room from the data. This payload fits one frame.",
        )
        .run(|log| {
            costs(log, UDP, 1472, 1, 1538)?;
            let ipv6 = Path { mtu: 1280, ip_header: 40, transport_header: 8 };
            costs(log, ipv6, 1232, 1, 1318)
        });
}

#[test]
fn what_does_not_fit_needs_another_frame() {
    check("01", "What headers cost")
        .because(
            "1460 bytes fit, the sixty behind them do not. They go in a \
             frame of their own, with headers of its own. What fits exactly \
             needs no further frame.",
        )
        .run(|log| {
            costs(log, TCP, 1520, 2, 1538 + 138)?;
            costs(log, TCP, 2920, 2, 2 * 1538)?;
            costs(log, TCP, 2980, 3, 2 * 1538 + 138)
        });
}

#[test]
fn the_last_frame_is_as_long_as_its_rest() {
    check("01", "What headers cost")
        .because(
            "All frames but the last are full. The last one carries what is \
             left: 500 bytes here, and takes 500 + 40 + 38 on the wire.",
        )
        .run(|log| {
            costs(log, TCP, 1960, 2, 1538 + 578)?;
            costs(log, TCP, 100_000, 69, 68 * 1538 + 720 + 40 + 38)
        });
}

#[test]
fn a_short_packet_is_padded_to_46_bytes() {
    check("01", "What headers cost")
        .because(
            "An Ethernet frame carries 46 bytes or more. One byte of data \
             with 40 of headers is 41: five bytes of padding follow, and \
             the byte takes 84 on the wire. With 6 bytes the packet has 46, \
             and needs no padding.",
        )
        .run(|log| {
            costs(log, TCP, 1, 1, 84)?;
            costs(log, TCP, 5, 1, 84)?;
            costs(log, TCP, 6, 1, 84)?;
            costs(log, TCP, 7, 1, 85)?;
            costs(log, UDP, 18, 1, 84)?;
            costs(log, UDP, 19, 1, 85)
        });
}

#[test]
fn every_frame_is_padded_by_itself() {
    check("01", "What headers cost")
        .because(
            "This path has room for 4 bytes a packet, and each of these \
             packets is shorter than 46. The padding goes into every frame, \
             not once into the last.",
        )
        .run(|log| {
            let narrow = Path { mtu: 44, ip_header: 20, transport_header: 20 };
            costs(log, narrow, 4, 1, 84)?;
            costs(log, narrow, 10, 3, 3 * 84)
        });
}

#[test]
fn longer_headers_leave_less_room() {
    check("01", "What headers cost")
        .because(
            "TCP's timestamps take 12 bytes of every packet, IPv6 takes 20 \
             more than IPv4. What is left for data is the MTU less both \
             headers, whatever they are.",
        )
        .run(|log| {
            let stamped =
                Path { mtu: 1500, ip_header: 20, transport_header: 32 };
            costs(log, stamped, 1448, 1, 1538)?;
            costs(log, stamped, 1460, 2, 1538 + 38 + 64)?;
            let ipv6 = Path { mtu: 1500, ip_header: 40, transport_header: 20 };
            costs(log, ipv6, 1441, 2, 1538 + 38 + 61)?;
            let jumbo = Path { mtu: 9000, ip_header: 20, transport_header: 20 };
            costs(log, jumbo, 8960, 1, 9038)
        });
}

#[test]
fn nothing_to_send_costs_nothing() {
    check("01", "What headers cost")
        .because("No payload, no packet: there is no frame to count.")
        .run(|log| costs(log, TCP, 0, 0, 0));
}

#[test]
fn headers_may_leave_no_room() {
    check("01", "What headers cost")
        .because(
            "The headers are as large as the MTU, or larger. No number of \
             packets carries any data then: the answer is None, and neither \
             a division by zero nor a number below zero.",
        )
        .run(|log| {
            for mtu in [40, 39, 1, 0] {
                has_no_room(log, Path { mtu, ..TCP }, 1)?;
            }
            has_no_room(log, Path { mtu: 40, ..TCP }, 0)?;
            let one_byte = Path { mtu: 61, ip_header: 40, ..TCP };
            costs(log, one_byte, 3, 3, 3 * 99)
        });
}

#[test]
fn much_is_counted_at_once() {
    check("01", "What headers cost")
        .because(
            "A petabyte goes out in 685 thousand million frames. Who counts \
             them one by one will be counting still when it has been sent.",
        )
        .run(|log| {
            let (full, last) = (684_931_506_849, 460);
            let wire_bytes = full * 1538 + last + 40 + 38;
            costs(log, TCP, 1_000_000_000_000_000, full + 1, wire_bytes)
        });
}

#[test]
fn goodput_is_the_payloads_share_of_the_line_rate() {
    check("01", "What headers cost")
        .because(
            "Of 1538 bytes on the wire 1460 are payload, so of 1,000,000,000 \
             bits per second 949,284,785 are. Multiply before you divide: \
             1460 / 1538 is 0 in whole numbers.",
        )
        .run(|log| {
            arrive(log, 1460, 1538, 1_000_000_000, 949_284_785)?;
            arrive(log, 1472, 1538, 1_000_000_000, 957_087_126)?;
            arrive(log, 6, 84, 1_000_000_000, 71_428_571)
        });
}

#[test]
fn goodput_is_rounded_down() {
    check("01", "What headers cost")
        .because(
            "A part of a bit has not arrived. Division of whole numbers \
             rounds down by itself.",
        )
        .run(|log| {
            arrive(log, 1, 84, 1_000_000_000, 11_904_761)?;
            arrive(log, 2, 3, 100, 66)?;
            arrive(log, 999, 1000, 999, 998)?;
            arrive(log, 1, 84, 83, 0)
        });
}

#[test]
fn goodput_of_nothing_is_nothing() {
    check("01", "What headers cost")
        .because(
            "Nothing was sent, so nothing arrived. 0 of 0 bytes is 0, and \
             not a division by zero.",
        )
        .run(|log| arrive(log, 0, 0, 1_000_000_000, 0));
}

#[test]
fn great_numbers_do_not_overflow() {
    check("01", "What headers cost")
        .because(
            "10^15 bytes at 400 Gbit/s: the product has 89 bits. It doesn't \
             fit a u64; and an f64 keeps 53 bits of it.",
        )
        .run(|log| {
            let payload = 1_000_000_000_000_000;
            let on_wire = 1_053_424_657_534_300;
            let due = 379_713_914_174_233;
            arrive(log, payload, on_wire, 400_000_000_000, 379_713_914_174)?;
            arrive(log, payload, on_wire, 400_000_000_000_000, due)?;
            arrive(log, u64::MAX, u64::MAX, u64::MAX, u64::MAX)?;
            arrive(log, u64::MAX - 1, u64::MAX, u64::MAX, u64::MAX - 1)
        });
}
