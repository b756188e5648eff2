//! The file that holds sealing keys.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::key::{KeyBytes, KeyError, encode};

/// More than any ring of keys needs; whatever is larger is not a key file.
const LIMIT: u64 = 64 * 1024;

/// The text of the key file, which is created with one new key when there is none.
pub(crate) fn read_or_create(
    path: &Path,
    random: &mut (impl CryptoRng + ?Sized),
) -> Result<Zeroizing<String>, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(path, random).map_err(failed)?;
            File::open(path).map_err(failed)?
        }
        opened => opened.map_err(failed)?,
    };
    // Asked of the open file, so that nobody can swap it between check and use.
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::with_capacity(4096));
    file.take(LIMIT).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Writes a new key beside `path`, then links it to its name: whoever finds the file finds it whole, and of two
/// processes that start at once one wins and the other reads the winner's key.
fn create(path: &Path, random: &mut (impl CryptoRng + ?Sized)) -> io::Result<()> {
    let mut bytes = KeyBytes::default();
    random.fill_bytes(bytes.as_mut_slice());
    let draft = draft_name(path);
    let written = write(&draft, &encode(&bytes)).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&draft).or_else(|error| if written.is_err() { Ok(()) } else { Err(error) })?;
    written.and_then(|()| sync_folder(path))
}

fn draft_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    PathBuf::from(name)
}

fn write(draft: &Path, key: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(draft)?;
    // Piece by piece: text put together would leave a copy of the key in memory.
    file.write_all(b"# Opens the credentials in the store: keep it secret, keep a copy.\n")?;
    file.write_all(key.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Makes the new name durable: a sealed credential must never outlive its key.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    fn load(path: &Path) -> Result<Zeroizing<String>, KeyError> {
        read_or_create(path, &mut StdRng::seed_from_u64(1))
    }

    #[test]
    fn creates_a_private_file_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let first = load(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(read_or_create(&path, &mut StdRng::seed_from_u64(2)).unwrap(), first);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn refuses_a_file_open_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        load(&path).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o666] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let message = load(&path).unwrap_err().to_string();
            assert!(message.contains(&format!("{mode:04o}")) && message.contains("chmod 600"), "{message}");
        }
    }

    #[test]
    fn says_where_it_failed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("key");
        assert!(load(&path).unwrap_err().to_string().contains("missing/key"));
    }

    #[test]
    fn starting_at_once_agrees_on_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, &mut StdRng::seed_from_u64(1)).unwrap();
        let winner = load(&path).unwrap();
        create(&path, &mut StdRng::seed_from_u64(2)).unwrap();
        assert_eq!(load(&path).unwrap(), winner);
    }
}
