//! Numbers in memory, byte by byte, in both orders.
//!
//! What Rust says about a number's bytes is one thing, what lies in memory
//! another. Here the kernel reads the number's bytes at its address and hands
//! them back, through /proc/self/mem: proc_pid_mem(5).

use std::fs::File;
use std::hint::black_box;
use std::io;
use std::os::unix::fs::FileExt;

use lesson_byte_order::Order;
use narrator::{During, Trouble, explain, line};
use serde::Serialize;

const TITLE: &str = "Numbers in memory, byte by byte";

/// What the widget gets.
#[derive(Serialize)]
struct Recording {
    demo: &'static str,
    title: &'static str,
    /// The order of this machine: "big" or "little".
    native: &'static str,
    values: Vec<Value>,
}

/// A number, and its bytes at rising addresses.
#[derive(Serialize)]
struct Value {
    r#type: &'static str,
    value: String,
    /// The number's digits, the most significant first.
    hex: String,
    big: String,
    little: String,
    why: &'static str,
    /// What lies in this machine's memory, if it lets us look.
    #[serde(skip)]
    seen: io::Result<Vec<u8>>,
    #[serde(skip)]
    native: Vec<u8>,
}

// ANCHOR: value
/// Puts a number into memory and asks for its bytes in four ways.
macro_rules! value {
    ($type:ident, $number:expr, $why:literal) => {{
        let number: $type = black_box($number);
        Value {
            r#type: stringify!($type),
            value: format!("{number:?}"),
            hex: hex(&number.to_be_bytes()),
            big: hex(&number.to_be_bytes()),
            little: hex(&number.to_le_bytes()),
            native: number.to_ne_bytes().to_vec(),
            seen: look(black_box(&number)),
            why: $why,
        }
    }};
}

/// Looks at a value's bytes in memory, from its address on.
fn look<T>(value: &T) -> io::Result<Vec<u8>> {
    let address = std::ptr::from_ref(value) as usize;
    let mut bytes = vec![0; size_of::<T>()];
    let memory = File::open("/proc/self/mem")?;
    memory.read_exact_at(&mut bytes, address as u64)?;
    Ok(bytes)
}
// ANCHOR_END: value

/// Tells where each byte of five numbers lies.
pub fn run(json: bool) -> Result<(), Trouble> {
    let values = values();
    if json {
        return record(values);
    }
    line(format_args!("this machine: {}", Order::NATIVE.name()));
    for value in &values {
        line("");
        tell(value);
    }
    line("");
    swapped();
    Ok(())
}

fn values() -> Vec<Value> {
    vec![
        value!(u16, 8080, "a port: two bytes, two orders"),
        value!(
            u32,
            0x12345678,
            "four bytes: the whole row is turned, not each pair"
        ),
        value!(
            u64,
            1,
            "a small number: seven bytes of 0 before it, or behind it"
        ),
        value!(i16, -2, "a negative number: its bits are turned the same way"),
        value!(f32, 1.0, "sign, exponent and fraction are one row of bits"),
    ]
}

/// One line for each way to ask for the bytes, one column for each address.
fn tell(value: &Value) {
    let Value { r#type, value: number, hex, big, little, .. } = value;
    let offsets: Vec<_> = (0..hex.len() / 2).map(|n| format!("+{n}")).collect();
    let name = format!("{} {number} = 0x{hex}", r#type);
    line(format_args!("{name:<30} {}", offsets.join(" ")));
    match &value.seen {
        Ok(bytes) => row("in memory", &self::hex(bytes), ""),
        Err(error) => unseen(error),
    }
    row("to_ne_bytes", &self::hex(&value.native), "the machine's own order");
    row("to_le_bytes", little, "little-endian");
    row("to_be_bytes", big, "big-endian");
}

fn row(how: &str, hex: &str, what: &str) {
    let text = format!("  {how:<28} {}  {what}", spaced(hex));
    line(text.trim_end());
}

/// A machine without /proc shows all but the memory itself.
fn unseen(error: &io::Error) {
    line(format_args!("  not shown: /proc/self/mem: {}", explain(error)));
}

/// `to_be` gives a number again, and that is where the trouble begins.
fn swapped() {
    let number: u16 = 8080;
    let turned = number.to_be();
    line(format_args!("8080u16.to_be() = {turned}: a number, not bytes"));
    let seen = look(black_box(&turned));
    match seen {
        Ok(bytes) => row("in memory", &hex(&bytes), "network byte order"),
        Err(error) => unseen(&error),
    }
}

fn record(values: Vec<Value>) -> Result<(), Trouble> {
    let native = match Order::NATIVE {
        Order::Big => "big",
        Order::Little => "little",
    };
    let recording = Recording { demo: "memory", title: TITLE, native, values };
    let json = serde_json::to_string_pretty(&recording)
        .map_err(io::Error::other)
        .during("write JSON")?;
    line(json);
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Digits in pairs, a pair for each byte.
fn spaced(hex: &str) -> String {
    let pairs = hex.as_bytes().chunks(2).map(String::from_utf8_lossy);
    pairs.collect::<Vec<_>>().join(" ")
}
