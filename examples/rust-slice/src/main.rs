//! `slice START:END[:STEP] [FILE]`: prints the lines of FILE, or of stdin, that Python's `lines[START:END:STEP]` has.

mod slice;

use slice::Slice;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::process::ExitCode;

const USAGE: &str = "usage: slice START:END[:STEP] [FILE]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (text, path) = match arguments.as_slice() {
        [text] => (text, None),
        [text, path] => (text, Some(path.as_str()).filter(|path| *path != "-")),
        _ => return usage(USAGE),
    };
    let slice = match Slice::parse(text) {
        Ok(slice) => slice,
        Err(error) => return usage(&format!("slice: {error}\n{USAGE}")),
    };
    match print(slice, path) {
        // Who reads our output may have seen enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("slice: {}: {error}", path.unwrap_or("stdin"));
            ExitCode::FAILURE
        }
        Ok(()) => ExitCode::SUCCESS,
    }
}

fn usage(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(2)
}

fn print(slice: Slice, path: Option<&str>) -> io::Result<()> {
    let mut output = BufWriter::new(io::stdout().lock());
    match path {
        Some(path) => copy(slice, BufReader::new(File::open(path)?), &mut output)?,
        None => copy(slice, io::stdin().lock(), &mut output)?,
    }
    output.flush()
}

/// Lines are bytes: a file in any encoding is sliced.
fn copy(slice: Slice, mut input: impl BufRead, output: &mut impl Write) -> io::Result<()> {
    if !slice.is_streaming() {
        let mut lines = Vec::new();
        while let Some(line) = read_line(&mut input)? {
            lines.push(line);
        }
        for index in slice.indices(lines.len()) {
            write_line(output, &lines[index])?;
        }
        return Ok(());
    }
    for index in 0.. {
        match (slice.takes(index), read_line(&mut input)?) {
            (Some(true), Some(line)) => write_line(output, &line)?,
            (Some(false), Some(_)) => {}
            _ => break,
        }
    }
    Ok(())
}

/// Without its line feed; None at the end.
fn read_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if input.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(Some(line))
}

fn write_line(output: &mut impl Write, line: &[u8]) -> io::Result<()> {
    output.write_all(line)?;
    output.write_all(b"\n")
}
