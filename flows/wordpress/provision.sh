#!/usr/bin/env bash
# WordPress with Apache, PHP and MariaDB on Amazon Linux 2023, Debian or Ubuntu. Run it as root, as often as you like:
# each step looks first, and changes only what is not right yet.
#
#   MODE=check bash provision.sh    says what it would change, and changes nothing
#   bash provision.sh               changes it; every file is kept in BACKUP first
#   MODE=undo  bash provision.sh    puts those files back, with their owners and modes
#
# No password is in here: the database's is drawn on the machine, and stands in wp-config.php alone.
set -Eeuo pipefail

# ---- parameters ------------------------------------------------------------------------------------------------
MODE="${MODE:-apply}"                           # apply, check or undo
STEPS="${STEPS:-install files permalinks php}"  # on a machine that has WordPress: files permalinks php
SITE="${SITE:-}"                                # the name that visitors use; empty: whatever they ask for
ROOT="${ROOT:-/var/www/html}"                   # the folder with wp-load.php
UPLOAD_MB="${UPLOAD_MB:-100}"
MEMORY_MB="${MEMORY_MB:-256}"
UPDATES="${UPDATES:-dashboard}"                 # dashboard: WordPress updates itself; command: only uploads are writable
ARCHIVE="${ARCHIVE:-https://wordpress.org/latest.tar.gz}" # beside it, ARCHIVE.sha1 holds its checksum
KEY="${KEY:-by-hand}"                           # what this change is called among the backups
# ---- end of parameters -----------------------------------------------------------------------------------------

BACKUP="/var/lib/handrail/wordpress/$KEY"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
changed=0
wrong=0

trap 'echo "failed script Line $LINENO: $BASH_COMMAND"' ERR
die() { echo "failed $1 $2"; exit 1; }
ok() { echo "ok $1 $2"; }

# One step: its name, what is right, how to see whether it is, how to make it so.
step() {
  if "$3"; then ok "$1" "$2"
  elif [[ $MODE == check ]]; then wrong=$((wrong + 1)); echo "wrong $1 Not yet: $2"
  else
    "$4"
    "$3" || die "$1" "It was changed, and is still not so: $2"
    changed=$((changed + 1)); echo "changed $1 $2"
  fi
}

# ---- which machine this is -------------------------------------------------------------------------------------
know_the_machine() {
  if command -v apt-get >/dev/null; then
    family=debian web=apache2 web_user=www-data
    packages=(apache2 libapache2-mod-php php-mysql php-gd php-xml php-mbstring php-zip php-intl php-curl
      mariadb-server curl ca-certificates)
    site_file=/etc/apache2/conf-enabled/zz-handrail-wordpress.conf
  elif command -v dnf >/dev/null; then
    family=amazon web=httpd web_user=apache
    packages=(httpd php8.4 php8.4-fpm php8.4-mysqlnd php8.4-gd php8.4-xml php8.4-mbstring php8.4-zip php8.4-intl
      mariadb1011-server)
    site_file=/etc/httpd/conf.d/zz-handrail-wordpress.conf
  else die machine "Neither apt-get nor dnf is here; only Amazon Linux 2023, Debian and Ubuntu are known."
  fi
}

service_do() { # restart and the like, with systemd or, where it does not run, without
  if [[ -d /run/systemd/system ]]; then systemctl "$1" "$2"
  else service "$2" "$1" >/dev/null 2>&1 </dev/null 9>&- # the lock is ours, not the service's
  fi
}

restart_web() { # PHP's own service too: Apache alone would go on with the old limits
  local php
  for php in /etc/init.d/php*-fpm /usr/lib/systemd/system/php*-fpm.service; do
    [[ -e $php ]] || continue
    php="$(basename "$php" .service)"
    if service_do status "$php" >/dev/null 2>&1; then service_do restart "$php"; fi # one that is off stays off
  done
  service_do restart "$web"
  local try
  for try in {1..20}; do curl -so /dev/null -m 2 http://127.0.0.1/ && return 0; sleep 0.5; done
  die web "Apache did not answer after $try tries."
}

# ---- backups ---------------------------------------------------------------------------------------------------
keep() { # before a file is changed: a copy of it, or a note that it was not there
  mkdir -p "$BACKUP"; chmod 700 /var/lib/handrail "$BACKUP"
  grep -qxsF "$1" "$BACKUP/files" && return 0
  if [[ -e $1 || -L $1 ]]; then cp -a --parents "$1" "$BACKUP"; fi
  echo "$1" >>"$BACKUP/files"
}

sum() { sha256sum 2>/dev/null <"$1" || echo gone; }

kept() { # after it was changed: by this fingerprint undo sees whether somebody changed it since
  echo "$(sum "$1") $1" >>"$BACKUP/written"
}

write() { # a file with the text of standard input
  keep "$1"; cat >"$1"; chmod 644 "$1"; kept "$1"
}

as_before() { if [[ -e $BACKUP$1 ]]; then cmp -s "$BACKUP$1" "$1"; else [[ ! -e $1 && ! -L $1 ]]; fi; }

undo() { # ends badly when something stays, because somebody changed it since
  local file mode owner path left=0
  local -A touched
  if [[ ! -d $BACKUP ]]; then ok undo "Nothing was changed under the name $KEY."; return 0; fi
  while read -r file; do
    if as_before "$file"; then continue
    elif [[ "$(grep -F " $file" "$BACKUP/written" | tail -n 1)" != "$(sum "$file") $file" ]]; then
      left=$((left + 1)); echo "left $file Somebody changed it since."
    else
      rm -f "$file"
      if [[ -e $BACKUP$file || -L $BACKUP$file ]]; then cp -a "$BACKUP$file" "$file"; fi
      echo "restored $file As it was."
    fi
  done < <(cat "$BACKUP/files" 2>/dev/null)
  if [[ -f $BACKUP/modes ]]; then
    while read -r -d '' path; do touched[$path]=1; done < <(rights -print0)
    while IFS=' ' read -r -d '' mode owner path; do
      if [[ ! -e $path || -L $path || -n ${touched[$path]:-} ]]; then continue; fi
      chown "$owner" "$path"; chmod "$mode" "$path"
    done <"$BACKUP/modes"
    if [[ -f $BACKUP/uploads ]]; then rmdir --ignore-fail-on-non-empty "$ROOT/wp-content/uploads"; fi
    rm "$BACKUP/modes"; echo "restored $ROOT Owners and modes."
  fi
  restart_web
  if ((left)); then die undo "$left not taken back; the copies are in $BACKUP."; fi
  rm -rf "$BACKUP"
}

# ---- asked through the web server, because PHP on the command line reads other settings --------------------------
name_of_the_site() { # by which Apache tells this folder from others
  local file
  file="$(grep -RlsE "^[[:space:]]*DocumentRoot[[:space:]]+\"?$ROOT/?\"?[[:space:]]*$" /etc/apache2/sites-enabled /etc/httpd/conf.d |
    head -n 1)" || true
  if [[ -n $file ]]; then awk 'tolower($1) == "servername" { print $2; exit }' "$file"; fi
}

look() {
  local host stamp answer
  host="${SITE:-$(name_of_the_site)}"; host="${host:-localhost}"
  probe="$ROOT/handrail-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')"
  stamp="$(stat -c %y "$ROOT")"
  mkdir "$probe"
  printf 'RewriteEngine On\nRewriteRule ^asked$ probe.php [L]\n' >"$probe/.htaccess"
  cat >"$probe/probe.php" <<'PHP'
<?php
function mb($v) { $n = (float) $v; return $n < 0 ? -1 : (int) ($n * ["k" => 1/1024, "m" => 1, "g" => 1024][strtolower(substr($v, -1))]); }
echo "seen ", PHP_CONFIG_FILE_SCAN_DIR, " ", mb(ini_get("upload_max_filesize")), " ", mb(ini_get("post_max_size")), " ",
  mb(ini_get("memory_limit")), " ", PHP_SAPI;
PHP
  chmod 755 "$probe"; chmod 644 "$probe/probe.php" "$probe/.htaccess"
  visit() { curl -ksL -m 20 --resolve "$host:80:127.0.0.1" --resolve "$host:443:127.0.0.1" "http://$host/${probe##*/}/$1"; }
  answer="$(visit probe.php || true)"
  permalinks="$(visit asked || true)"
  rm -rf "$probe"; touch -d "$stamp" "$ROOT"
  [[ $answer == "seen "* ]] || answer="seen - 0 0 0 nothing"
  read -r _ scan upload post memory sapi <<<"$answer"
  if [[ $MODE == apply && $1 == insist && $sapi == nothing ]]; then
    die php "PHP does not answer through the web server in $ROOT."
  fi
}

# ---- the steps: what is right, and how to make it so -----------------------------------------------------------
installed() {
  case $family in
    debian) [[ "$(dpkg-query -Wf '${db:Status-Abbrev}\n' "${packages[@]}" 2>/dev/null | grep -c '^ii')" == "${#packages[@]}" ]] ;;
    amazon) rpm -q "${packages[@]}" >/dev/null 2>&1 ;;
  esac
}
from_the_mirror() {
  case $family in
    debian) apt-get update -qq; apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null </dev/null ;;
    amazon) dnf -y -q install "${packages[@]}" </dev/null ;;
  esac
}
install_packages() { # a new machine may get its fixed address, and lose the first one, in the middle of it
  local try
  for try in {1..6}; do from_the_mirror && break; sleep "$try"; done
  if [[ -d /run/systemd/system ]]; then systemctl enable --quiet mariadb "$web"; fi # Apache takes FPM along
  service_do restart mariadb
  service_do restart "$web"
}

unpacked() { [[ -f $ROOT/wp-load.php ]]; }
unpack() {
  local folder
  folder="$(mktemp -d)"
  curl -fsSL --retry 4 -o "$folder/archive" "$ARCHIVE"
  echo "$(curl -fsSL --retry 4 "$ARCHIVE.sha1")  $folder/archive" | sha1sum -c --quiet - || die wordpress "The checksum of $ARCHIVE is wrong."
  mkdir -p "$ROOT"
  tar -xzf "$folder/archive" -C "$ROOT" --strip-components=1 --no-same-owner
  rm -rf "$folder"
  if [[ -f $ROOT/index.html ]] && grep -q 'Apache2 .* Default Page' "$ROOT/index.html"; then
    keep "$ROOT/index.html"; rm "$ROOT/index.html"; kept "$ROOT/index.html"
  fi
}

random() { set +o pipefail; tr -dc 'A-Za-z0-9' </dev/urandom | head -c "$1"; set -o pipefail; }

configured() { [[ -f $ROOT/wp-config.php ]]; }
configure() { # the password goes to MariaDB and PHP by standard input: arguments can be seen by everybody
  local password name tables
  tables="$(mariadb -N -e "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'wordpress'")"
  [[ $tables == 0 ]] || die database "The database wordpress is in use, and no wp-config.php in $ROOT leads to it."
  password="$(random 32)"
  mariadb <<SQL
CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4;
CREATE OR REPLACE USER 'wordpress'@'localhost' IDENTIFIED BY '$password';
GRANT ALL ON wordpress.* TO 'wordpress'@'localhost';
SQL
  ( umask 077
    {
      printf '<?php\n'
      printf "define('%s', '%s');\n" DB_NAME wordpress DB_USER wordpress DB_PASSWORD "$password" DB_HOST localhost \
        DB_CHARSET utf8mb4 DB_COLLATE '' FS_METHOD direct
      for name in {AUTH,SECURE_AUTH,LOGGED_IN,NONCE}_{KEY,SALT}; do printf "define('%s', '%s');\n" "$name" "$(random 64)"; done
      # shellcheck disable=SC2016 # PHP's variable, not the shell's
      printf '%s\n' "define('DISALLOW_FILE_EDIT', true);" '$table_prefix = '"'wp_';" \
        "if ( ! defined('ABSPATH') ) { define('ABSPATH', __DIR__ . '/'); }" "require_once ABSPATH . 'wp-settings.php';"
    } >"$ROOT/wp-config.new" )
  mv "$ROOT/wp-config.new" "$ROOT/wp-config.php"
}

# The web server's user owns what WordPress may change: everything, or its uploads alone. Nobody else may write.
rights() { # prints what is not as it should be; find's own tests, so that nothing is touched without need
  local open=("$ROOT") closed=(-false) uploads="$ROOT/wp-content/uploads"
  if [[ $UPDATES == command ]]; then open=("$uploads"); closed=(-not -user root); fi
  find "${open[@]}" -not -type l -not -user "$web_user" "$@" 2>/dev/null || true
  find "$ROOT" -path "$uploads" -prune -o -not -type l "${closed[@]}" "$@" 2>/dev/null || true
  find "$ROOT" -not -type l -not -group "$web_user" "$@"
  find "$ROOT" -type d -not -perm 755 "$@"
  find "$ROOT" -type f -not -path "$ROOT/wp-config.php" -not -perm 644 "$@"
  if [[ -f $ROOT/wp-config.php ]]; then find "$ROOT/wp-config.php" -not -perm 640 "$@"; fi
}
rightful() { [[ -d $ROOT/wp-content/uploads && -z "$(rights -print -quit)" ]]; }
set_rights() {
  local owner="$web_user" uploads="$ROOT/wp-content/uploads"
  if [[ $UPDATES == command ]]; then owner=root; fi
  mkdir -p "$BACKUP"; chmod 700 /var/lib/handrail "$BACKUP"
  [[ -f $BACKUP/modes ]] || rights -printf '%m %u:%g %p\0' >"$BACKUP/modes"
  if [[ ! -d $uploads ]]; then touch "$BACKUP/uploads"; mkdir -p "$uploads"; fi
  chown -hR "$owner:$web_user" "$ROOT"; chown -hR "$web_user:$web_user" "$uploads"
  find "$ROOT" -type d -not -perm 755 -exec chmod 755 {} +
  find "$ROOT" -type f -not -path "$ROOT/wp-config.php" -not -perm 644 -exec chmod 644 {} +
  if [[ -f $ROOT/wp-config.php ]]; then chmod 640 "$ROOT/wp-config.php"; fi
  if [[ "$(getenforce 2>/dev/null || true)" == Enforcing ]]; then chcon -R -t httpd_sys_rw_content_t "$ROOT/wp-content"; fi
}

rewrites() { [[ $permalinks == "seen "* ]]; }
let_rewrite() {
  local file
  write "$site_file" <<CONF
# Written by Handrail: WordPress keeps its permalinks in .htaccess, and uploads are never run.
${SITE:+ServerName $SITE}
<Directory "$ROOT">
    AllowOverride All
    Options FollowSymLinks
    Require all granted
</Directory>
<Directory "$ROOT/wp-content/uploads">
    <FilesMatch "\.(php|phar|phtml)$">
        Require all denied
    </FilesMatch>
</Directory>
CONF
  if [[ $family == debian && ! -e /etc/apache2/mods-enabled/rewrite.load ]]; then
    file=/etc/apache2/mods-enabled/rewrite.load
    keep "$file"; a2enmod -q rewrite >/dev/null; kept "$file"
  fi
  if ! apachectl configtest >/dev/null 2>&1; then
    undo; die permalinks "Apache refuses the new configuration; it was taken back."
  fi
  restart_web; look insist
}

limited() { (( upload >= UPLOAD_MB && post > upload && (memory >= MEMORY_MB || memory < 0) )); }
set_limits() {
  [[ -d $scan ]] || die php "PHP has no folder for further settings."
  write "$scan/99-handrail-wordpress.ini" <<INI
; Written by Handrail. A form is larger than the file in it.
upload_max_filesize = ${UPLOAD_MB}M
post_max_size = $((UPLOAD_MB + 8))M
memory_limit = ${MEMORY_MB}M
max_execution_time = 300
INI
  restart_web; look insist
}

# ---- in this order ---------------------------------------------------------------------------------------------
[[ $(id -u) == 0 ]] || die machine "It has to be run as root."
case "$ROOT" in /|/bin|/boot|/etc|/home|/opt|/root|/srv|/usr|/var|/var/www|*..*) die folder "$ROOT is a system folder; nothing was changed." ;; esac
know_the_machine
exec 9>/run/lock/handrail-wordpress; flock -w 600 9 || die machine "Another run of this script is still at work."

if [[ $MODE == undo ]]; then undo; exit 0; fi

if [[ " $STEPS " == *" install "* ]]; then
  step packages "Apache, PHP and MariaDB are installed" installed install_packages
  step wordpress "WordPress is in $ROOT" unpacked unpack
  step database "wp-config.php leads to a database" configured configure
fi
if ! unpacked; then
  if [[ $MODE == check && " $STEPS " == *" install "* ]]; then
    echo "wrong rest Then: owners and permissions, permalinks, the limits of PHP"; echo "done 0 changed, $((wrong + 1)) to change"
    exit 0
  fi
  die folder "There is no wp-load.php in $ROOT."
fi
command -v apachectl >/dev/null || die web "No Apache is here; nginx is not handled."
if [[ " $STEPS " == *" files "* ]]; then
  step files "Files belong to $web_user, nobody else may write, wp-config.php is not for everybody" rightful set_rights
fi
look insist
if [[ " $STEPS " == *" permalinks "* ]]; then
  step permalinks "Permalinks work: mod_rewrite, and AllowOverride All for $ROOT" rewrites let_rewrite
fi
if [[ " $STEPS " == *" php "* ]]; then
  step php "PHP takes uploads of ${UPLOAD_MB} MB and ${MEMORY_MB} MB of memory" limited set_limits
  ok php-seen "Through the web server ($sapi): upload $upload MB, form $post MB, memory $memory MB"
fi
echo "done $changed changed, $wrong to change"
