//! Socket options, each with how it is read and how it is set.
//!
//! Values are text, as the reader types them and the demos print them: a
//! whole number, or for SO_LINGER "off" or seconds. The calls behind it are
//! socket2's; each of them is one `getsockopt(2)` or `setsockopt(2)`.

use std::io;
use std::str::FromStr;
use std::time::Duration;

use socket2::{Socket, TcpKeepalive};

/// A socket option that can be read and set.
pub struct Setting {
    /// Which part of the kernel it is meant for: SOL_SOCKET, IPPROTO_IP or
    /// IPPROTO_TCP.
    pub level: &'static str,
    /// As the man page of that level has it.
    pub name: &'static str,
    /// What its number counts: "bytes", "s", "ms"; empty for a count, and
    /// for a switch, which is 0 or 1.
    pub unit: &'static str,
    /// A value that differs from what a new TCP socket has.
    pub example: &'static str,
    get: fn(&Socket) -> io::Result<String>,
    set: fn(&Socket, &str) -> io::Result<()>,
}

impl Setting {
    /// What the socket has now: `getsockopt(2)`.
    ///
    /// Errors: ENOPROTOOPT or EOPNOTSUPP where a socket of this kind doesn't
    /// know the option.
    pub fn get(&self, socket: &Socket) -> io::Result<String> {
        (self.get)(socket)
    }

    /// Sets it: `setsockopt(2)`.
    ///
    /// Errors: EINVAL for a value that the kernel doesn't take, EPERM or
    /// EACCES for one that needs privilege, those of [`Setting::get`];
    /// `InvalidInput` for text that is no value.
    pub fn set(&self, socket: &Socket, value: &str) -> io::Result<()> {
        (self.set)(socket, value)
    }
}

/// The option of this name, which is written as in the man page.
///
/// Errors: `InvalidInput`, with the names of those that are known.
pub fn find(name: &str) -> io::Result<&'static Setting> {
    let found = SETTINGS.iter().find(|setting| setting.name == name);
    found.ok_or_else(|| {
        let known: Vec<_> = SETTINGS.iter().map(|one| one.name).collect();
        let words = format!("unknown; known are {}", known.join(", "));
        io::Error::new(io::ErrorKind::InvalidInput, words)
    })
}

const SOCKET: &str = "SOL_SOCKET";
const IP: &str = "IPPROTO_IP";
const TCP: &str = "IPPROTO_TCP";

/// The lesson's options, level by level.
pub const SETTINGS: &[Setting] = &[
    // ANCHOR: rows
    Setting {
        level: SOCKET,
        name: "SO_REUSEADDR",
        unit: "",
        example: "1",
        get: |socket| shown(socket.reuse_address()),
        set: |socket, text| socket.set_reuse_address(switch(text)?),
    },
    Setting {
        level: SOCKET,
        name: "SO_REUSEPORT",
        unit: "",
        example: "1",
        get: |socket| shown(socket.reuse_port()),
        set: |socket, text| socket.set_reuse_port(switch(text)?),
    },
    // ANCHOR_END: rows
    Setting {
        level: SOCKET,
        name: "SO_BROADCAST",
        unit: "",
        example: "1",
        get: |socket| shown(socket.broadcast()),
        set: |socket, text| socket.set_broadcast(switch(text)?),
    },
    Setting {
        level: SOCKET,
        name: "SO_KEEPALIVE",
        unit: "",
        example: "1",
        get: |socket| shown(socket.keepalive()),
        set: |socket, text| socket.set_keepalive(switch(text)?),
    },
    Setting {
        level: SOCKET,
        name: "SO_LINGER",
        unit: "s",
        example: "5",
        get: |socket| {
            let time = socket.linger()?.map(|time| time.as_secs().to_string());
            Ok(time.unwrap_or_else(|| "off".into()))
        },
        set: |socket, text| match text {
            "off" => socket.set_linger(None),
            text => {
                let time = Duration::from_secs(number::<u16>(text)?.into());
                socket.set_linger(Some(time))
            }
        },
    },
    Setting {
        level: SOCKET,
        name: "SO_RCVBUF",
        unit: "bytes",
        example: "10000",
        get: |socket| Ok(socket.recv_buffer_size()?.to_string()),
        set: |socket, text| {
            socket.set_recv_buffer_size(number::<u32>(text)? as usize)
        },
    },
    Setting {
        level: SOCKET,
        name: "SO_SNDBUF",
        unit: "bytes",
        example: "10000",
        get: |socket| Ok(socket.send_buffer_size()?.to_string()),
        set: |socket, text| {
            socket.set_send_buffer_size(number::<u32>(text)? as usize)
        },
    },
    Setting {
        level: SOCKET,
        name: "SO_RCVTIMEO",
        unit: "ms",
        example: "2000",
        get: |socket| Ok(milliseconds(socket.read_timeout()?)),
        set: |socket, text| socket.set_read_timeout(time(text)?),
    },
    Setting {
        level: IP,
        name: "IP_TTL",
        unit: "",
        example: "32",
        get: |socket| Ok(socket.ttl_v4()?.to_string()),
        set: |socket, text| socket.set_ttl_v4(number(text)?),
    },
    Setting {
        level: IP,
        name: "IP_TOS",
        unit: "",
        example: "16",
        get: |socket| Ok(socket.tos_v4()?.to_string()),
        set: |socket, text| socket.set_tos_v4(number(text)?),
    },
    Setting {
        level: IP,
        name: "IP_FREEBIND",
        unit: "",
        example: "1",
        get: |socket| shown(socket.freebind_v4()),
        set: |socket, text| socket.set_freebind_v4(switch(text)?),
    },
    Setting {
        level: TCP,
        name: "TCP_NODELAY",
        unit: "",
        example: "1",
        get: |socket| shown(socket.tcp_nodelay()),
        set: |socket, text| socket.set_tcp_nodelay(switch(text)?),
    },
    Setting {
        level: TCP,
        name: "TCP_QUICKACK",
        unit: "",
        example: "0",
        get: |socket| shown(socket.tcp_quickack()),
        set: |socket, text| socket.set_tcp_quickack(switch(text)?),
    },
    Setting {
        level: TCP,
        name: "TCP_CORK",
        unit: "",
        example: "1",
        get: |socket| shown(socket.tcp_cork()),
        set: |socket, text| socket.set_tcp_cork(switch(text)?),
    },
    Setting {
        level: TCP,
        name: "TCP_MAXSEG",
        unit: "bytes",
        example: "1000",
        get: |socket| Ok(socket.tcp_mss()?.to_string()),
        set: |socket, text| socket.set_tcp_mss(number(text)?),
    },
    Setting {
        level: TCP,
        name: "TCP_KEEPIDLE",
        unit: "s",
        example: "60",
        get: |socket| Ok(socket.tcp_keepalive_time()?.as_secs().to_string()),
        set: |socket, text| {
            let time = Duration::from_secs(number::<u32>(text)?.into());
            keepalive(socket, TcpKeepalive::new().with_time(time))
        },
    },
    Setting {
        level: TCP,
        name: "TCP_KEEPINTVL",
        unit: "s",
        example: "10",
        get: |socket| {
            Ok(socket.tcp_keepalive_interval()?.as_secs().to_string())
        },
        set: |socket, text| {
            let time = Duration::from_secs(number::<u32>(text)?.into());
            keepalive(socket, TcpKeepalive::new().with_interval(time))
        },
    },
    Setting {
        level: TCP,
        name: "TCP_KEEPCNT",
        unit: "",
        example: "3",
        get: |socket| Ok(socket.tcp_keepalive_retries()?.to_string()),
        set: |socket, text| {
            let count = TcpKeepalive::new().with_retries(number(text)?);
            keepalive(socket, count)
        },
    },
    Setting {
        level: TCP,
        name: "TCP_USER_TIMEOUT",
        unit: "ms",
        example: "5000",
        get: |socket| Ok(milliseconds(socket.tcp_user_timeout()?)),
        set: |socket, text| socket.set_tcp_user_timeout(time(text)?),
    },
];

/// A switch as C has it: 0 or 1.
fn shown(value: io::Result<bool>) -> io::Result<String> {
    Ok(u8::from(value?).to_string())
}

/// Any number but 0 switches on.
fn switch(text: &str) -> io::Result<bool> {
    Ok(number::<u32>(text)? != 0)
}

fn number<T: FromStr>(text: &str) -> io::Result<T> {
    let words = || {
        format!("'{text}' is no value of it: write a whole number, 0 or more")
    };
    let none = |_| io::Error::new(io::ErrorKind::InvalidInput, words());
    text.parse().map_err(none)
}

/// Where 0 means "no limit", which is None in Rust.
fn time(text: &str) -> io::Result<Option<Duration>> {
    let time = Duration::from_millis(number::<u32>(text)?.into());
    Ok(Some(time).filter(|time| !time.is_zero()))
}

fn milliseconds(time: Option<Duration>) -> String {
    time.unwrap_or_default().as_millis().to_string()
}

/// socket2 sets these together with SO_KEEPALIVE. Here each is by itself.
fn keepalive(socket: &Socket, one: TcpKeepalive) -> io::Result<()> {
    let on = socket.keepalive()?;
    let set = socket.set_tcp_keepalive(&one);
    socket.set_keepalive(on)?;
    set
}

#[cfg(test)]
mod tests {
    use super::*;
    use socket2::{Domain, Type};

    fn tcp() -> Socket {
        Socket::new(Domain::IPV4, Type::STREAM, None).unwrap()
    }

    #[test]
    fn every_example_changes_its_option_and_no_other() {
        for setting in SETTINGS {
            let (socket, fresh) = (tcp(), tcp());
            let before = setting.get(&socket).unwrap();
            assert_ne!(before, setting.example, "{}", setting.name);

            setting.set(&socket, setting.example).unwrap();

            assert_ne!(setting.get(&socket).unwrap(), before);
            for other in SETTINGS.iter().filter(|o| o.name != setting.name) {
                let (here, there) = (other.get(&socket), other.get(&fresh));
                let pair = (setting.name, other.name);
                assert_eq!(here.unwrap(), there.unwrap(), "{pair:?}");
            }
        }
    }

    #[test]
    fn what_was_read_can_be_set_again() {
        for setting in SETTINGS {
            // The kernel doubles what it is asked for: chapter 08.
            if ["SO_RCVBUF", "SO_SNDBUF"].contains(&setting.name) {
                continue;
            }
            let socket = tcp();
            setting.set(&socket, setting.example).unwrap();
            let value = setting.get(&socket).unwrap();
            let other = tcp();

            setting.set(&other, &value).unwrap();

            assert_eq!(setting.get(&other).unwrap(), value);
        }
    }

    #[test]
    fn text_that_is_no_value_sets_nothing() {
        for setting in SETTINGS {
            let socket = tcp();
            let before = setting.get(&socket).unwrap();

            for text in ["", "x", "-1", "1.5", "99999999999999999999"] {
                let error = setting.set(&socket, text).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{text}");
            }

            assert_eq!(setting.get(&socket).unwrap(), before);
        }
    }

    #[test]
    fn names_are_found_and_others_are_not() {
        assert_eq!(find("TCP_NODELAY").unwrap().level, "IPPROTO_TCP");
        assert!(find("tcp_nodelay").is_err());
    }
}
