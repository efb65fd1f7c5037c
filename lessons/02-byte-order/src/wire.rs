//! Numbers in network byte order.
//!
//! Each is its bytes, most significant first, and nothing else: so it lies in
//! memory as it goes over the wire, on every machine, at any address.

use std::fmt;

// ANCHOR: numbers
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
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Be16([u8; 2]);

/// 32 bits in network byte order: an IPv4 address, a sequence number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Be32([u8; 4]);

/// 64 bits in network byte order, as in the time stamps of NTP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(transparent)]
pub struct Be64([u8; 8]);
// ANCHOR_END: numbers

// ANCHOR: define
/// What all three can do: go out, come in, and tell what they are.
macro_rules! network_order {
    ($wire:ident, $host:ident, $size:literal) => {
        impl $wire {
            /// On the way out: turns a number of this machine into network
            /// byte order. In C: htons(3), htonl(3), htobe64(3).
            pub const fn from_host(number: $host) -> Self {
                $wire(number.to_be_bytes())
            }

            /// On the way in: the number, as this machine computes with it.
            /// In C: ntohs(3), ntohl(3), be64toh(3).
            pub const fn to_host(self) -> $host {
                $host::from_be_bytes(self.0)
            }

            /// Takes the bytes as they came over the wire.
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                $wire(bytes)
            }

            /// The bytes as they go over the wire.
            pub const fn to_bytes(self) -> [u8; $size] {
                self.0
            }
        }

        /// The number, and its bytes: `8080 [1f 90]`.
        impl fmt::Display for $wire {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{} {}", self.to_host(), Bytes(&self.0))
            }
        }

        /// The same with the type: `Be16(8080 [1f 90])`.
        impl fmt::Debug for $wire {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($wire))
            }
        }
    };
}
// ANCHOR_END: define

network_order!(Be16, u16, 2);
network_order!(Be32, u32, 4);
network_order!(Be64, u64, 8);

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
