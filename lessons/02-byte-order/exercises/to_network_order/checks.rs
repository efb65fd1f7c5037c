//! What the six functions must get right.

use support::check::{Broken, Bytes, Log, Show, check, dump};
use support::random::Random;

use super::exercise::*;

/// A number, shown in both bases.
#[derive(PartialEq)]
struct Number(u64);

impl Show for Number {
    fn show(&self) -> String {
        format!("{} = {:#x}", self.0, self.0)
    }
}

/// Claims what a call gives for a number.
fn gives<T: Into<u64> + Copy, const N: usize>(
    log: &Log,
    call: fn(T) -> [u8; N],
    number: T,
    due: [u8; N],
) -> Result<(), Broken> {
    log.afresh().note("number", Number(number.into()).show(), "");
    log.expect(Bytes(due.to_vec()), Bytes(call(number).to_vec()))
}

/// Claims which number a call reads.
fn reads<T: Into<u64>, const N: usize>(
    log: &Log,
    call: fn([u8; N]) -> T,
    bytes: [u8; N],
    due: T,
) -> Result<(), Broken> {
    log.afresh().note("bytes", dump(&bytes), "");
    log.expect(Number(due.into()), Number(call(bytes).into()))
}

#[test]
fn of_two_bytes_the_most_significant_goes_first() {
    check("02", "Network byte order")
        .because(
            "8080 is 0x1f90: 1f counts 256 times as much as 90, and goes \
             first. This is the order in which we write digits.",
        )
        .run(|log| {
            gives(log, u16_to_wire, 8080, [0x1f, 0x90])?;
            gives(log, u16_to_wire, 8888, [0x22, 0xb8])?;
            gives(log, u16_to_wire, 0xff00, [0xff, 0])
        });
}

#[test]
fn of_four_bytes_the_most_significant_goes_first() {
    check("02", "Network byte order")
        .because(
            "All four bytes stand from the most significant to the least. \
             The upper eight bits are got by a shift by 24 bits, the next by \
             16, by 8, and by none.",
        )
        .run(|log| {
            gives(log, u32_to_wire, 0xc0a8_0102, [0xc0, 0xa8, 1, 2])?;
            gives(log, u32_to_wire, 0x0102_0304, [1, 2, 3, 4])
        });
}

#[test]
fn of_eight_bytes_the_most_significant_goes_first() {
    check("02", "Network byte order")
        .because(
            "Eight bytes, from the most significant to the least: shifts \
             by 56, 48, 40 bits and so on. The upper four are not lost, and \
             not behind the lower four.",
        )
        .run(|log| {
            let number = 0x0102_0304_0506_0708;
            gives(log, u64_to_wire, number, [1, 2, 3, 4, 5, 6, 7, 8])?;
            gives(log, u64_to_wire, 1 << 63, [0x80, 0, 0, 0, 0, 0, 0, 0])
        });
}

#[test]
fn a_small_number_keeps_its_zeros() {
    check("02", "Two ways to write a number")
        .because(
            "A u16 takes two bytes, a u32 four and a u64 eight, however \
             small the number is. Its zeros stand in front, since they are \
             the most significant bytes.",
        )
        .run(|log| {
            gives(log, u16_to_wire, 80, [0, 80])?;
            gives(log, u32_to_wire, 80, [0, 0, 0, 80])?;
            gives(log, u64_to_wire, 80, [0, 0, 0, 0, 0, 0, 0, 80])
        });
}

#[test]
fn two_bytes_become_a_number() {
    check("02", "Network byte order")
        .because(
            "The first byte is the more significant one: it is worth 256 \
             times itself. 1f 90 is 0x1f90, which is 8080.",
        )
        .run(|log| {
            reads(log, u16_from_wire, [0x1f, 0x90], 8080)?;
            reads(log, u16_from_wire, [0, 80], 80)?;
            reads(log, u16_from_wire, [1, 2], 258)
        });
}

#[test]
fn four_bytes_become_a_number() {
    check("02", "Network byte order")
        .because(
            "Each byte goes to its own place: the first up by 24 bits, the \
             second by 16, the third by 8, the last stays.",
        )
        .run(|log| {
            reads(log, u32_from_wire, [1, 2, 3, 4], 0x0102_0304)?;
            reads(log, u32_from_wire, [0, 0, 0, 80], 80)
        });
}

#[test]
fn eight_bytes_become_a_number() {
    check("02", "Network byte order")
        .because(
            "Each byte goes to its own place: the first up by 56 bits, and \
             the last stays. The first four are the upper half.",
        )
        .run(|log| {
            let number = 0x0102_0304_0506_0708;
            reads(log, u64_from_wire, [1, 2, 3, 4, 5, 6, 7, 8], number)?;
            reads(log, u64_from_wire, [0, 0, 0, 0, 0, 0, 0, 80], 80)
        });
}

#[test]
fn a_byte_above_127_is_not_negative() {
    check("02", "Two ways to write a number")
        .because(
            "The top bit of a byte is worth 128, and no sign. Whoever goes \
             through a signed type, or adds where bits should be joined, \
             gets ones in bits that the byte doesn't have.",
        )
        .run(|log| {
            reads(log, u16_from_wire, [0, 0xff], 255)?;
            reads(log, u16_from_wire, [0x80, 0x80], 0x8080)?;
            reads(log, u32_from_wire, [0, 0, 0x80, 0], 0x8000)?;
            reads(log, u32_from_wire, [0xff, 0, 0, 0], 0xff00_0000)?;
            let upper = [0, 0, 0, 0, 0x80, 0, 0, 0];
            reads(log, u64_from_wire, upper, 0x8000_0000)?;
            reads(log, u64_from_wire, [0xff; 8], u64::MAX)
        });
}

#[test]
fn what_is_written_is_read() {
    check("02", "Network byte order")
        .because(
            "What one end writes, the other end must read as the same \
             number. Thousands of numbers were tried, and this one came \
             back as another.",
        )
        .run(|log| {
            for number in numbers().take(2000) {
                let half = (number >> 16) as u32;
                let quarter = (number >> 24) as u16;
                returns(log, quarter, u16_from_wire(u16_to_wire(quarter)))?;
                returns(log, half, u32_from_wire(u32_to_wire(half)))?;
                returns(log, number, u64_from_wire(u64_to_wire(number)))?;
            }
            Ok(())
        });
}

fn returns<T: Into<u64>>(log: &Log, number: T, got: T) -> Result<(), Broken> {
    let number = Number(number.into());
    log.afresh().note("written", number.show(), "");
    log.expect(number, Number(got.into()))
}

/// Numbers of all kinds, the same in every run.
fn numbers() -> impl Iterator<Item = u64> {
    Random(0x9e37_79b9_7f4a_7c15)
}
