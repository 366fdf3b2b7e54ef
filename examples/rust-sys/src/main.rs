//! A crate with a C library inside: SQLite is compiled from its own sources by the C compiler of the rung.

use rusqlite::{Connection, Result};

fn main() -> Result<()> {
    let database = Connection::open_in_memory()?;
    database.execute_batch(
        "CREATE TABLE image (name TEXT, bytes INTEGER);
         INSERT INTO image VALUES ('debian', 124000000), ('alpine', 7470000), ('scratch', 0);",
    )?;
    let mut smallest = database.prepare("SELECT name, bytes FROM image ORDER BY bytes LIMIT 2")?;
    let rows = smallest.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    for row in rows {
        let (name, bytes) = row?;
        println!("{name}: {bytes}");
    }
    println!("sqlite {}", rusqlite::version());
    Ok(())
}
