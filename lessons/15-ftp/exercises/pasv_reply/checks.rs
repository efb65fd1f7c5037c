//! What the replies must say, and what must not be read into them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use support::check::{Broken, Log, Told, check};

use super::exercise::*;

fn v4(ip: [u8; 4], port: u16) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::from(ip), port)
}

fn told<T: ToString>(answer: Option<T>) -> Told {
    Told(answer.map_or("None".to_string(), |it| it.to_string()))
}

/// Claims what is read in a reply to PASV.
fn pasv(
    log: &Log,
    line: &str,
    due: Option<SocketAddrV4>,
) -> Result<(), Broken> {
    log.afresh().sent(line, "");
    log.expect(told(due), told(read_pasv(line)))
}

/// Claims what is read in a reply to EPSV.
fn epsv(log: &Log, line: &str, due: Option<u16>) -> Result<(), Broken> {
    log.afresh().sent(line, "");
    log.expect(told(due), told(read_epsv(line)))
}

#[test]
fn a_227_tells_host_and_port_in_six_numbers() {
    check("15", "Where the data goes")
        .because(
            "Four numbers are the host's bytes, two the port's, the high one \
             first: 50000 is 195 × 256 + 80. The reply ends with CR LF.",
        )
        .run(|log| {
            for (address, numbers) in [
                (v4([192, 168, 0, 7], 50_000), "192,168,0,7,195,80"),
                (v4([127, 0, 0, 1], 255), "127,0,0,1,0,255"),
                (v4([127, 0, 0, 1], 256), "127,0,0,1,1,0"),
                (v4([255, 1, 0, 9], 65_535), "255,1,0,9,255,255"),
            ] {
                log.afresh().note("address", address.to_string(), "");
                let due = format!("227 Entering Passive Mode ({numbers})\r\n");
                log.expect(due, pasv_reply(address))?;
            }
            Ok(())
        });
}

#[test]
fn a_229_tells_the_port() {
    check("15", "Where the data goes")
        .because(
            "The places of the protocol and the host stay empty: both are \
             those of the control connection. The port is one decimal \
             number.",
        )
        .run(|log| {
            for port in [1, 6446, 65_535] {
                log.afresh().note("port", port.to_string(), "");
                let due = format!(
                    "229 Entering Extended Passive Mode (|||{port}|)\r\n"
                );
                log.expect(due, epsv_reply(port))?;
            }
            Ok(())
        });
}

#[test]
fn six_numbers_are_an_address() {
    check("15", "Where the data goes")
        .because("The port is p1 × 256 + p2.")
        .run(|log| {
            for port in [1, 255, 256, 4_660, 50_000, 65_535] {
                let due = v4([192, 168, 0, 7], port);
                let [p1, p2] = [port / 256, port % 256];
                let line = format!(
                    "227 Entering Passive Mode (192,168,0,7,{p1},{p2})"
                );
                pasv(log, &line, Some(due))?;
            }
            Ok(())
        });
}

#[test]
fn the_words_around_the_numbers_may_be_others() {
    check("15", "Where the data goes")
        .because(
            "\"An FTP client cannot assume that the parentheses shown on \
             page 40 of RFC-959 will be present\": RFC 1123, section \
             4.1.2.6. Look for the first digit behind the code.",
        )
        .run(|log| {
            let due = Some(v4([10, 0, 0, 1], 1025));
            for words in [
                "Entering Passive Mode. 10,0,0,1,4,1",
                "Entering Passive Mode 10,0,0,1,4,1.",
                "=10,0,0,1,4,1",
                "10,0,0,1,4,1",
                "Passive Mode (10,0,0,1,4,1).",
                "Mode passif activé [10,0,0,1,4,1] (1)",
                "(010,000,000,001,004,001)",
            ] {
                pasv(log, &format!("227 {words}"), due)?;
            }
            Ok(())
        });
}

#[test]
fn a_number_above_255_is_none() {
    check("15", "Where the data goes")
        .because(
            "Each number is a byte. 256 is no byte with a carry, and 300 \
             isn't 44: who lets it pass connects to a port that nobody has \
             named.",
        )
        .run(|log| {
            for numbers in [
                "256,0,0,1,4,1",
                "127,0,0,300,4,1",
                "127,0,0,1,256,1",
                "127,0,0,1,4,256",
                "127,0,0,1,4,1025",
                "127,0,0,1,4,0001",
                "127,0,0,1,4,99999999999999999999",
            ] {
                pasv(log, &format!("227 Mode ({numbers})"), None)?;
            }
            Ok(())
        });
}

#[test]
fn six_numbers_and_nothing_else_are_read() {
    check("15", "Where the data goes")
        .because(
            "Five numbers, seven, an empty one, a sign or a space between: \
             one client reads this address in it, the next one another. \
             None of them is right.",
        )
        .run(|log| {
            for words in [
                "Mode (127,0,0,1,4)",
                "Mode (127,0,0,1,4,1,1)",
                "Mode (127,0,0,1,4,1,)",
                "Mode (127,0,0,1,,1)",
                "Mode (127,0,0,1,4,)",
                "Mode (127, 0, 0, 1, 4, 1)",
                "Mode (127,0,0,1,+4,+1)",
                "Mode (127,0,0,1,-4,1)",
                "Mode (127.0.0.1.4.1)",
                "Mode (127,0,0,1,4;1)",
                "Mode (127,0,0,1,٤,1)",
                "no numbers at all",
                "",
            ] {
                pasv(log, &format!("227 {words}"), None)?;
            }
            Ok(())
        });
}

#[test]
fn only_a_227_is_read_as_one() {
    check("15", "Where the data goes")
        .because(
            "The code says what the numbers mean. A 425 has no address, \
             whatever numbers stand in it, and `227-` begins a reply of \
             several lines.",
        )
        .run(|log| {
            for line in [
                "425 Mode (127,0,0,1,4,1)",
                "200 (127,0,0,1,4,1)",
                "229 Mode (127,0,0,1,4,1)",
                "227-Mode (127,0,0,1,4,1)",
                "2270 Mode (127,0,0,1,4,1)",
                " 227 (127,0,0,1,4,1)",
                "127,0,0,1,4,1",
                "227",
                "",
            ] {
                pasv(log, line, None)?;
            }
            Ok(())
        });
}

#[test]
fn the_port_of_a_229_is_read() {
    check("15", "Where the data goes")
        .because(
            "The words before the parenthesis are for people. The sign is \
             the server's choice, \"one of the ASCII characters in range \
             33-126 inclusive\": RFC 2428, section 2.",
        )
        .run(|log| {
            for (line, port) in [
                ("229 Entering Extended Passive Mode (|||6446|)", 6446),
                ("229 Mode passif étendu (|||1|).", 1),
                ("229 (!!!65535!)", 65_535),
                ("229 ok (AAA80A) (thanks)", 80),
            ] {
                epsv(log, line, Some(port))?;
            }
            Ok(())
        });
}

#[test]
fn other_forms_of_a_229_are_none() {
    check("15", "Where the data goes")
        .because(
            "Four signs, all the same, and one number of 1 to 65535 between \
             the last two. Here the parentheses belong to the form.",
        )
        .run(|log| {
            for line in [
                "229 Mode (|||65536|)",
                "229 Mode (|||000080|)",
                "229 Mode (||80|)",
                "229 Mode (||||80|)",
                "229 Mode (|||80)",
                "229 Mode (|||80||)",
                "229 Mode (|||80|",
                "229 Mode |||80|",
                "229 Mode (|||+80|)",
                "229 Mode (|||-80|)",
                "229 Mode (||| 80|)",
                "229 Mode (||||)",
                "229 Mode (||!80|)",
                "229 Mode (|||80!)",
                "229 Mode (|1|127.0.0.1|80|)",
                "229 Mode (   80 )",
                "229 Mode (éée80é)",
                "229 Mode (ééé80é)",
                "229 Mode (1118081)",
                "229 Mode ()",
                "229 Mode (",
                "229 ",
                "229-Mode (|||80|)",
                "227 Mode (|||80|)",
                "522 use (|||80|)",
            ] {
                epsv(log, line, None)?;
            }
            Ok(())
        });
}

#[test]
fn a_reply_is_one_line() {
    check("15", "Names with line ends")
        .because(
            "A CR or an LF in the middle: another program sees two replies \
             here, and takes the address of the other one.",
        )
        .run(|log| {
            for line in [
                "227 Mode (127,0,0,1,4,1)\r\n226 Done",
                "227 Mode\n227 (127,0,0,1,4,1)",
                "227 Mode (127,0,0,1,4,1)\r",
            ] {
                pasv(log, line, None)?;
            }
            for line in [
                "229 Mode (|||80|)\r\n226 Done",
                "229 Mode\n229 (|||80|)",
                "229 Mode\r(|||80|)",
            ] {
                epsv(log, line, None)?;
            }
            Ok(())
        });
}

#[test]
fn port_0_is_no_port() {
    check("15", "Where the data goes")
        .because(
            "Nobody listens at port 0: it means \"choose one for me\" in \
             bind(2), and nothing in connect(2).",
        )
        .run(|log| {
            pasv(log, "227 Mode (127,0,0,1,0,0)", None)?;
            epsv(log, "229 Mode (|||0|)", None)?;
            epsv(log, "229 Mode (|||00000|)", None)
        });
}

#[test]
fn the_data_goes_to_the_host_of_the_control_connection() {
    check("15", "Where the data goes")
        .because(
            "A server that says 10,0,0,1 sends you to a machine in your own \
             network, which it couldn't reach itself; or it says its \
             address behind a NAT, where you can't reach it. Take its port, \
             and the host that you know.",
        )
        .run(|log| {
            let known: IpAddr = [203, 0, 113, 5].into();
            let six: IpAddr = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into();
            for (line, server, port) in [
                ("227 Mode (203,0,113,5,195,80)", known, Some(50_000)),
                ("227 Mode (10,0,0,1,0,22)", known, Some(22)),
                ("227 Mode (0,0,0,0,195,80)", known, Some(50_000)),
                ("229 Mode (|||50000|)", known, Some(50_000)),
                ("229 Mode (|||50000|)", six, Some(50_000)),
                ("229 Mode (|||0|)", known, None),
                ("227 Mode (203,0,113,5,0,0)", known, None),
                ("500 Unknown", known, None),
            ] {
                log.afresh().sent(line, "");
                log.note("from", server.to_string(), "");
                let due = port.map(|port| SocketAddr::new(server, port));
                log.expect(told(due), told(data_address(line, server)))?;
            }
            Ok(())
        });
}
