//! Numbers in network byte order.
//!
//! Each is its bytes, most significant first, and nothing else: so it lies in
//! memory as it goes over the wire, on every machine, at any address.

use std::fmt;

// ANCHOR: define
/// Defines one number in network byte order: its name, the number of the
/// host, and how many bytes it has.
macro_rules! network_order {
    ($(#[$doc:meta])* $name:ident, $host:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
        #[repr(transparent)]
        pub struct $name([u8; $size]);

        impl $name {
            /// On the way out: a number of this machine, turned into network
            /// byte order. C has htons(3) and htonl(3) for it.
            pub const fn from_host(number: $host) -> Self {
                $name(number.to_be_bytes())
            }

            /// On the way in: the number, as this machine computes with it.
            /// C has ntohs(3) and ntohl(3) for it.
            pub const fn to_host(self) -> $host {
                $host::from_be_bytes(self.0)
            }

            /// Takes the bytes as they came over the wire.
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                $name(bytes)
            }

            /// The bytes as they go over the wire.
            pub const fn to_bytes(self) -> [u8; $size] {
                self.0
            }
        }

        /// The number, and its bytes in brackets: `8080 [1f 90]`.
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.to_host(), Bytes(&self.0))
            }
        }

        /// The type, the number and its bytes: `Be16(8080 [1f 90])`.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
    };
}
// ANCHOR_END: define

// ANCHOR: numbers
network_order! {
    /// 16 bits in network byte order: a port, a length, a checksum.
    ///
    /// There is no `+`, no `<` and no `Deref`: none of them would know which
    /// number you mean. Convert first, then compute.
    ///
    /// ```
    /// use lesson_byte_order::Be16;
    ///
    /// let port = Be16::from_host(8080);
    ///
    /// assert_eq!(port.to_bytes(), [0x1f, 0x90]);
    /// assert_eq!(port.to_host() + 1, 8081);
    /// assert_eq!(port.to_string(), "8080 [1f 90]");
    /// ```
    Be16, u16, 2
}

network_order! {
    /// 32 bits in network byte order: an IPv4 address, a sequence number.
    Be32, u32, 4
}

network_order! {
    /// 64 bits in network byte order: NTP's time stamps. C has htobe64 and
    /// be64toh for them: endian(3).
    Be64, u64, 8
}
// ANCHOR_END: numbers

/// Bytes as two digits each, in the order in which they lie: `[1f 90]`.
struct Bytes<'a>(&'a [u8]);

impl fmt::Display for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let before = if index == 0 { "[" } else { " " };
            write!(f, "{before}{byte:02x}")?;
        }
        f.write_str("]")
    }
}
