#!/usr/bin/env bash
# WordPress with Apache, PHP and MariaDB on Amazon Linux 2023, Debian or Ubuntu. Run it as root, as often as you like:
# each step looks first, changes only what is not right yet, asks the site before and after, and takes back at once what
# did not help or did harm.
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

PROXY="if (in_array('https', [\$_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '', \$_SERVER['HTTP_CLOUDFRONT_FORWARDED_PROTO'] ?? ''], true)) { \$_SERVER['HTTPS'] = 'on'; }"
ALL="/var/lib/handrail/wordpress/$KEY" BACKUP="$ALL"
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
changed=0 wrong=0 failed=0 at="" why="" not_so="" before="" pages="" probe=""

die() { echo "failed $1 $2"; exit 1; }
ok() { echo "ok $1 $2"; }

mishap() { # a command failed: in the middle of a step, that step is taken back
  trap - ERR
  ((BASH_SUBSHELL == 0)) || exit 1
  echo "failed ${at:-script} Line $1: $2"
  if [[ -n $at ]]; then put_back; fi
  exit 1
}
trap 'mishap "$LINENO" "$BASH_COMMAND"' ERR
trap 'rm -rf "$probe"' EXIT

# One step: its name, what is right, how to see whether it is, how to make it so. What looks says what is not so.
step() {
  why="" not_so="" before=""
  if "$3"; then ok "$1" "$2"
  elif [[ $MODE == check && -n $before ]]; then echo "broken $1 ${not_so:-Not so: $2$why} -> Change it in ${before//$'\n'/, }, which goes before"
  elif [[ $MODE == check ]]; then wrong=$((wrong + 1)); echo "wrong $1 ${not_so:-Not yet: $2$why}"
  else
    at="$1" BACKUP="$ALL/$1" why=""
    "$4"
    if [[ -n $pages ]]; then restart_web; look; fi
    if [[ -z $why ]] && unharmed && "$3"; then changed=$((changed + 1)); echo "changed $1 $2"
    else
      failed=$((failed + 1)); echo "failed $1 It was changed, and taken back: it did not help or did harm: $2$why${before:+. What goes before: ${before//$'\n'/, }}"
      put_back
    fi
    at=""
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
  local listens
  listens="$(ss -Hltnp 'sport = :80' 2>/dev/null | grep -o '"[^"]*"' | head -n 1 | tr -d '"')" || true
  other=""
  if [[ -d /opt/bitnami ]]; then
    other="This is Bitnami's image. Its Apache and PHP stand in /opt/bitnami, and WordPress in /opt/bitnami/wordpress:"
    other+=" permalinks in apache/conf/vhosts, limits in php/etc/php.ini, then /opt/bitnami/ctlscript.sh restart"
  elif pgrep -x "$web" >/dev/null; then return 0 # whatever is in front of it
  elif [[ $listens == nginx ]] || { command -v nginx && ! command -v apachectl; } >/dev/null; then
    # shellcheck disable=SC2016 # nginx's variables, not the shell's
    other='Here nginx serves, and only Apache is put right. In its server block: try_files $uri $uri/ /index.php?$args;'
    other+=" and client_max_body_size $((UPLOAD_MB + 8))m; in PHP's pool: upload_max_filesize"
  elif [[ -n $listens ]]; then other="Here $listens listens at port 80, and only Apache is put right"
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
  for try in {1..20}; do curl -so /dev/null -m 20 http://127.0.0.1/ && return 0; sleep 0.5; done
  die web "Apache did not answer after $try tries."
}

# ---- backups, one of each step ---------------------------------------------------------------------------------
keep() { # before a file is changed: a copy of it, or a note that it was not there
  mkdir -p "$BACKUP"; chmod 700 /var/lib/handrail "$ALL" "$BACKUP"
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

modes() { xargs -0r stat --printf '%a %u:%g %n\0' 2>/dev/null || true; }

as_before() { if [[ -e $BACKUP$1 ]]; then cmp -s "$BACKUP$1" "$1"; else [[ ! -e $1 && ! -L $1 ]]; fi; }

take_back() { # what stands in BACKUP; what somebody changed since is left
  local file was path now
  local -A is
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
  if [[ -f $BACKUP/label ]]; then
    semanage fcontext -d "$(cat "$BACKUP/label")(/.*)?"; restorecon -R "$(cat "$BACKUP/label")"; rm "$BACKUP/label"
  fi
  if [[ -f $BACKUP/modes ]]; then
    while IFS= read -rd '' now; do is[${now#* * }]="$now"; done < <(cut -zd' ' -f3- "$BACKUP/modes" | modes)
    while IFS= read -rd '' was <&3; do
      path="${was#* * }"; IFS= read -rd '' now <&4 || now="${is[$path]:-}" # cut off before it was noted
      if [[ ${is[$path]:-} != "$now" || $now == "$was" ]]; then continue; fi
      printf '%s\0' "$path" >>"$BACKUP/as ${was% "$path"}"
    done 3<"$BACKUP/modes" 4< <(cat "$BACKUP/modes.set" 2>/dev/null)
    for path in "$BACKUP/as "*; do # thousands at a time
      [[ -e $path ]] || continue
      was="${path##*/as }"
      xargs -0r chown -h "${was#* }" <"$path"; xargs -0r chmod "00${was% *}" <"$path" # 00 takes away setgid, too
      rm "$path"
    done
    if [[ -f $BACKUP/uploads ]]; then rmdir --ignore-fail-on-non-empty "$ROOT/wp-content/uploads"; fi
    rm "$BACKUP/modes"; echo "restored $ROOT Owners and modes."
  fi
}

put_back() { # the step that is at work
  left=0
  take_back
  if ((left == 0)); then rm -rf "$BACKUP"; fi
  if [[ -n $pages ]]; then restart_web; look; fi
}

undo() { # every step; ends badly when something stays, because somebody changed it since
  left=0
  if [[ ! -d $ALL ]]; then ok undo "Nothing was changed under the name $KEY."; return 0; fi
  for BACKUP in "$ALL" "$ALL"/{wordpress,files,permalinks,php}; do take_back; done
  restart_web
  if ((left)); then die undo "$left not taken back; the copies are in $ALL."; fi
  rm -rf "$ALL"
}

# ---- asked through the web server, because PHP on the command line reads other settings and is another user -------
configuration() { # the files of it, whichever server it is
  find -L /etc/apache2/{sites,conf}-enabled /etc/httpd/conf{,.d} /etc/nginx/{nginx.conf,conf.d,sites-enabled} \
    /opt/bitnami/apache/conf -type f -not -name '*.bak' -print0 2>/dev/null || true
}

ways() { # "folder prefix name", wherever a web server leads to a folder
  # shellcheck disable=SC2016 # awk's fields, not the shell's
  configuration | xargs -0rn1 awk '
    function out() { for (f in at) print f, at[f], (name == "" || name == "_" ? "localhost" : name); split("", at); name = "" }
    { gsub(/[";]/, ""); word = tolower($1) }
    word ~ /^(<virtualhost|server)$/ { out() }
    word ~ /^server_?name$/ { name = $2; sub(/^.*:\/\//, "", name); sub(/:.*/, "", name) }
    word ~ /^(documentroot|root)$/ { at[$2] = "/" }
    word == "alias" && NF == 3 { at[$3] = $2 }
    END { out() }'
}

find_the_way() { # the address of this folder: the longest way that leads to it
  local folder prefix name real best=0
  host=localhost under=""
  real="$(realpath -m "$ROOT")"
  while read -r folder prefix name; do
    folder="$(realpath -m "$folder")"
    if [[ "$real/" == "$folder/"* ]] && ((${#folder} > best)); then
      best=${#folder} host="$name" under="${prefix%/}${real#"$folder"}"
    fi
  done < <(ways)
  host="${SITE:-$host}"
}

behind=() # what a balancer or CloudFront would add
ask() { curl -ksL -m 30 --connect-to ::127.0.0.1: "${behind[@]}" "$@" || true; } # whatever name, it is this machine
inward() { if ((${#behind[@]})); then echo "${1/#https:/http:}"; else echo "$1"; fi; } # the balancer ends HTTPS
page() { ask -o /dev/null -w '%{http_code} %{url_effective}\n' "$1"; }

look() { # PHP is asked who and what it is, and WordPress for its own pages
  local stamp answer at_probe state plain post
  find_the_way
  at_probe="handrail-$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')"
  probe="$ROOT/$at_probe" at_probe="http://$host$under/$at_probe"
  stamp="$(stat -c %y "$ROOT")"
  mkdir "$probe"
  printf 'RewriteEngine On\nRewriteRule ^asked$ probe.php [L]\n' >"$probe/.htaccess"
  cat >"$probe/probe.php" <<'PHP'
<?php
ini_set("display_errors", "0");
if (isset($_GET["blog"])) {
  register_shutdown_function(fn() => print("\nstopped " . (function_exists("mysqli_connect_error") ? mysqli_connect_error() : "") . "\n"));
  define("SHORTINIT", true);
  require dirname(__DIR__) . "/wp-load.php";
  $post = $wpdb->get_var($wpdb->prepare("SELECT ID FROM $wpdb->posts WHERE post_status = 'publish' AND post_password = ''
    AND post_type IN ('post', 'page') AND ID <> %d ORDER BY post_type DESC, ID DESC LIMIT 1", get_option("page_on_front")));
  echo "\nblog ", get_option("home") ?: "-", " ", get_option("siteurl") ?: "-", " ", get_option("permalink_structure") ? "pretty" : "plain", " ", $post ?: 0, "\n";
  exit;
}
function mb($v) { $n = (float) $v; return $n < 0 ? -1 : (int) ($n * ["k" => 1/1024, "m" => 1, "g" => 1024][strtolower(substr($v, -1))]); }
$mine = @tempnam(sys_get_temp_dir(), "h");
echo "seen ", PHP_CONFIG_FILE_SCAN_DIR ?: "-", " ", mb(ini_get("upload_max_filesize")), " ", mb(ini_get("post_max_size")), " ",
  mb(ini_get("memory_limit")), " ", PHP_SAPI, " ", @fileowner($mine), ":", @filegroup($mine);
@unlink($mine);
PHP
  chmod 755 "$probe"; chmod 644 "$probe/probe.php" "$probe/.htaccess"
  answer="$(ask -w '\nanswered %{http_code}' "$at_probe/probe.php")"
  rewritten="$(ask "$at_probe/asked")"
  read -r state home siteurl plain post <<<"$(ask "$at_probe/probe.php?blog" | grep -aE '^(blog|stopped) ' | head -n 1)" || true
  rm -rf "$probe"; touch -d "$stamp" "$ROOT"
  status="${answer##*answered }"
  [[ $answer == "seen "* ]] || answer="seen - 0 0 0 nothing : "
  read -r _ scan upload post_mb memory sapi php <<<"${answer%%$'\n'*}"
  stopped=""
  if [[ $state != blog ]]; then stopped="$home $siteurl $plain $post" home="" siteurl=""; fi
  if [[ ${home:--} == - ]]; then home="" siteurl="" door="http://$host$under"
  else
    door="$home" behind=()
    if [[ $home == https://* && "$(curl -kso /dev/null -m 5 -w '%{http_code}' https://127.0.0.1/ || true)" == 000 ]]; then
      behind=(-H 'X-Forwarded-Proto: https' -H 'CloudFront-Forwarded-Proto: https') door="$(inward "$home")"
    fi
  fi
  first="$(page "$door/")" login="$(page "$(inward "${siteurl:-$door}")/wp-login.php")" real=""
  if [[ $plain == pretty && $post != 0 && $first == 200* ]]; then # WordPress leads on to its permalink, by itself
    real="$(ask --max-redirs 0 -o /dev/null -w '%{redirect_url}' "$door/?p=$post" 2>/dev/null)"
    if [[ -n $real ]]; then real="$(page "$(inward "$real")")"; fi
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

cramped() { # a small machine with the database on it; the kernel ends MariaDB first when memory runs out
  awk '$1 == "MemTotal:" || $1 == "SwapTotal:" { sum += $2 } END { exit !(sum < 1800000) }' /proc/meminfo
}
roomy() { ! cramped; }
make_swap() {
  dd if=/dev/zero of=/swapfile bs=1M count=2048 status=none; chmod 600 /swapfile
  mkswap /swapfile >/dev/null
  if swapon /swapfile; then echo '/swapfile none swap sw 0 0' >>/etc/fstab; else rm /swapfile; fi
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
  ( umask 027
    {
      printf '<?php\n'
      printf "define('%s', '%s');\n" DB_NAME wordpress DB_USER wordpress DB_PASSWORD "$password" DB_HOST localhost \
        DB_CHARSET utf8mb4 DB_COLLATE '' FS_METHOD direct
      for name in {AUTH,SECURE_AUTH,LOGGED_IN,NONCE}_{KEY,SALT}; do printf "define('%s', '%s');\n" "$name" "$(random 64)"; done
      # shellcheck disable=SC2016 # PHP's variable, not the shell's
      printf '%s\n' "define('DISALLOW_FILE_EDIT', true);" '$table_prefix = '"'wp_';" "$PROXY" \
        "if ( ! defined('ABSPATH') ) { define('ABSPATH', __DIR__ . '/'); }" "require_once ABSPATH . 'wp-settings.php';"
    } >"$ROOT/wp-config.new" )
  mv "$ROOT/wp-config.new" "$ROOT/wp-config.php"
}

as_php() { setpriv --reuid="${php%:*}" --regid="${php#*:}" --init-groups "$@" 2>/dev/null || true; }

# PHP can read and write what it has to, tried as its own user. What is too much is taken away, and nothing else given.
unfit() {
  local may
  may=("$(realpath -m "$ROOT/wp-content/uploads")") # may lead to another disk
  if [[ $UPDATES == dashboard ]]; then
    may+=("$ROOT"/wp-{admin,includes,content} "$ROOT"/*.php)
    as_php find "$ROOT" -maxdepth 0 -not -writable -print0
  fi
  # What is its owner's alone (.env, 600) is nobody else's to read.
  as_php find "${may[@]}" -not -type l -not -path "$ROOT/wp-config.php" -not \( -type f -not -perm /077 \) \
    \( -not -readable -o -not -writable -o -type d -not -executable \) -print0
}
loose() { # by command: what PHP could change, and should not
  [[ $UPDATES == command ]] || return 0
  as_php find "$ROOT" -path "$ROOT/wp-content/uploads" -prune -o -not -type l -not \( -type f -not -perm /077 \) -writable -print0
}
open_to_all() { find "$ROOT" -not -type l -perm -o+w -print0; }
told_to_all() { find "$ROOT" -maxdepth 1 -name wp-config.php -perm /o+rwx -print0; }
unread() { as_php find "$ROOT" -maxdepth 1 -name wp-config.php -not -readable -print0; }
wanting() { open_to_all; told_to_all; unread; unfit; loose; }

label() { if [[ $UPDATES == dashboard ]]; then echo "$ROOT"; else echo "$ROOT/wp-content/uploads"; fi; }
labelled() { # for SELinux; kept in its policy, because a relabel undoes what chcon does
  [[ "$(getenforce 2>/dev/null || true)" != Enforcing ]] ||
    [[ "$(semanage fcontext -lC)" == *"$(label)(/.*)?"*httpd_sys_rw_content_t* && -z "$(restorecon -Rnv "$(label)")" ]]
}

rightful() {
  why=" (there is no folder for uploads)" not_so="There is no folder for uploads: $ROOT/wp-content/uploads"
  [[ -d $ROOT/wp-content/uploads ]] || return 1
  none open_to_all "Everybody on the machine can change" && none told_to_all "Everybody on the machine can read" &&
    none unread "PHP ($user) cannot read" && none unfit "PHP ($user) cannot read and change" &&
    none loose "Updates come by command, and PHP ($user) can still change" || return 1
  why=" (SELinux forbids writing)" not_so="SELinux forbids PHP ($user) to write in $(label)"
  labelled || return 1
  why="" not_so=""
}
none() { # what finds files that are not as they should be, and what is said of the first
  local found
  IFS= read -rd '' found < <("$1") || true
  why="${found:+ (for example $found)}" not_so="${found:+$2 $found}"
  [[ -z $found ]]
}
set_rights() {
  local uploads="$ROOT/wp-content/uploads" target
  target="$(realpath -m "$uploads")"
  refuse_system_folder "$target"
  mkdir -p "$BACKUP"; chmod 700 /var/lib/handrail "$ALL" "$BACKUP"
  if [[ ! -d $uploads ]]; then touch "$BACKUP/uploads"; mkdir -p "$target"; fi
  wanting >"$BACKUP/paths"; modes <"$BACKUP/paths" | sort -zu >"$BACKUP/modes"
  open_to_all | xargs -0r chmod o-w
  told_to_all | xargs -0r chmod o-rwx
  unread | xargs -0r chgrp -h "${php#*:}"
  unread | xargs -0r chown -h "${php%:*}"
  unfit >"$BACKUP/paths"
  xargs -0r chown -h "${php%:*}:$web_user" <"$BACKUP/paths"; xargs -0r chmod u+rwX <"$BACKUP/paths"
  loose >"$BACKUP/paths"
  xargs -0r chown -h "0:${php#*:}" <"$BACKUP/paths"; xargs -0r chmod g-w <"$BACKUP/paths"
  cut -zd' ' -f3- "$BACKUP/modes" | modes >"$BACKUP/modes.set"
  if ! labelled; then
    command -v semanage >/dev/null || dnf -y -q install policycoreutils-python-utils </dev/null
    label >"$BACKUP/label"
    semanage fcontext -a -t httpd_sys_rw_content_t "$(label)(/.*)?"; restorecon -R "$(label)"
  fi
}

# A real page by its permalink; where WordPress has none yet, a rule of our own.
rewrites() {
  if [[ -n $real ]]; then why=" (${real#* } answers HTTP ${real%% *})"; [[ $real == 200* ]]
  else [[ $rewritten == "seen "* ]]
  fi && { why=""; return 0; }
  not_so="Permalinks do not work: they need mod_rewrite, and AllowOverride All for $ROOT$why"
  # shellcheck disable=SC2016 # awk's fields, not the shell's
  before="$(configuration | xargs -0r awk '
    FNR == 1 { vhost = 0; here = 0 }
    { gsub(/[">]/, ""); word = tolower($1) }
    word ~ /^<\/?virtualhost/ { vhost = word !~ /\// }
    word ~ /^<\/?directory/ { here = $2 != "" && index(root "/", $2) == 1 }
    vhost && here && word == "allowoverride" && tolower($2) != "all" { print FILENAME ":" FNR }' root="$ROOT")"
  return 1
}
let_rewrite() {
  local file=/etc/apache2/mods-enabled/rewrite.load
  if [[ $rewritten != "seen "* ]]; then
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
    if [[ $family == debian && ! -e $file ]]; then keep "$file"; a2enmod -q rewrite >/dev/null; kept "$file"; fi
  fi
  if [[ $real == 404* && ${home#*://*/} == "${siteurl#*://*/}" ]] && ! grep -qs RewriteRule "$ROOT/.htaccess"; then
    keep "$ROOT/.htaccess"
    cat >>"$ROOT/.htaccess" <<CONF
# BEGIN WordPress
<IfModule mod_rewrite.c>
RewriteEngine On
RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]
RewriteBase $under/
RewriteRule ^index\.php$ - [L]
RewriteCond %{REQUEST_FILENAME} !-f
RewriteCond %{REQUEST_FILENAME} !-d
RewriteRule . $under/index.php [L]
</IfModule>
# END WordPress
CONF
    if [[ ! -e $BACKUP$ROOT/.htaccess ]]; then chown "$php" "$ROOT/.htaccess"; chmod 644 "$ROOT/.htaccess"; fi
    kept "$ROOT/.htaccess"
  fi
  apachectl configtest >/dev/null 2>&1 || why=" (Apache refuses the new configuration)"
  if [[ -n $why ]]; then put_back; fi
}

limited() {
  (( upload >= UPLOAD_MB && post_mb > upload && (memory >= MEMORY_MB || memory < 0) )) && return 0
  local names='(upload_max_filesize|post_max_size|memory_limit)'
  why=" (upload $upload MB, form $post_mb MB, memory $memory MB)"
  not_so="PHP takes uploads of $upload MB, forms of $post_mb MB and $memory MB of memory; wanted are $UPLOAD_MB MB, more than that, and $MEMORY_MB MB"
  before="$( { configuration; find /etc/php-fpm.d /etc/php/*/fpm/pool.d "$ROOT"/{.htaccess,.user.ini} -type f -print0 2>/dev/null; } |
    xargs -0r grep -HnE "^[[:space:]]*(php_(admin_)?value[[[:space:]]+)?\"?$names\b" | cut -d: -f1,2)" || true
  if [[ -z $before && -n $at ]]; then
    before="$(grep -lsE "^[[:space:]]*$names" "$scan"/*.ini | grep -v handrail)" || true
  fi
  return 1
}
set_limits() {
  [[ -d $scan ]] || { why=" (PHP has no folder for further settings)"; return 0; }
  write "$scan/99-handrail-wordpress.ini" <<INI
; Written by Handrail. A form is larger than the file in it.
upload_max_filesize = ${UPLOAD_MB}M
post_max_size = $((UPLOAD_MB + 8))M
memory_limit = ${MEMORY_MB}M
max_execution_time = 300
INI
}

# ---- the site: looked at before and after, and never changed ---------------------------------------------------
visitors_see() { printf '%s\n' "$first" "$real" "$login" "$(page "$door/wp-includes/js/jquery/jquery.min.js")"; }

unharmed() { # what answered before the step answers alike
  local was now
  [[ -n $pages ]] || return 0
  now="$(visitors_see)"
  while read -r was; do
    if [[ $was == 2* && $now != *"$was"* ]]; then why=" (before, $was; now: ${now//$'\n'/, })"; return 1; fi
  done <<<"$pages"
  pages="$now"
}

killed() { # by the kernel, when memory ran out
  { journalctl -kq -o short-iso --no-pager 2>/dev/null || dmesg -T 2>/dev/null; } | grep -a 'Out of memory: Killed' | tail -n 1 || true
}

public_addresses() { # of all its network cards, the first one first
  local base=http://169.254.169.254/latest token cards="meta-data/network/interfaces/macs/" card
  token="$(curl -sf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$base/api/token" || true)"
  get() { curl -sf -m 2 -H "X-aws-ec2-metadata-token: $token" "$base/$1" || true; }
  {
    get meta-data/public-ipv4; echo
    for card in $(get "$cards"); do get "$cards${card%/}/public-ipv4s"; echo; done
  } | awk '/^[0-9.]+$/ && !seen[$1]++'
}

tell_the_site() { # what to do about it stands behind the arrow
  local name public leads elsewhere memory_ran_out
  memory_ran_out="$(killed)"
  if [[ -n ${stopped// /} ]]; then
    name=""
    if [[ -x /usr/sbin/mariadbd || -x /usr/sbin/mysqld || -x /usr/libexec/mariadbd ]] && ! pgrep -x 'mariadbd|mysqld' >/dev/null; then
      name=" MariaDB is on this machine, and does not run."
    fi
    echo "broken database WordPress gets no connection to its database: ${stopped%% }.$name -> Start it (systemctl enable --now mariadb), and read journalctl -u mariadb; else compare DB_HOST, DB_USER and DB_PASSWORD in wp-config.php with it"
  fi
  if [[ -n $memory_ran_out ]]; then
    echo "caution memory The kernel ended a program because memory ran out: $memory_ran_out -> Take a larger machine, or make a swap file"
  fi
  if ((${#behind[@]})) && [[ $first == 3* || $login == 3* ]]; then # the login alone minds http by itself
    echo "broken site A balancer or CloudFront speaks HTTP to this machine, and WordPress answers by leading to $home, for ever -> Above wp-settings.php in wp-config.php: $PROXY"
  elif [[ $first == 2* ]]; then ok site "$door/ answers HTTP ${first%% *}"
  elif [[ $first == 000* ]]; then echo "broken site Nothing answers at $door/ -> systemctl status $web, and its log"
  elif [[ $first == 40[13]* ]]; then echo "unknown site $door/ asks for a password or forbids: HTTP ${first%% *}"
  else echo "broken site $door/ answers HTTP ${first%% *} -> Read the log of PHP and of the web server, beginning with the last line"
  fi
  [[ -n $home ]] || return 0
  name="${home#*://}"; name="${name%%[:/]*}"
  public="$(public_addresses)"
  leads="$(getent ahostsv4 "$name" | awk '!seen[$1]++ { print $1 }' || true)"
  elsewhere="$(grep -vxF "$public" <<<"$leads" | paste -sd' ' || true)"
  echo "home address $home"
  if [[ -n $SITE && $name != "$SITE" ]]; then
    echo "broken address WordPress leads visitors to $home, and not to $SITE -> Set home and siteurl: wp option update, or WP_HOME and WP_SITEURL in wp-config.php"
  elif [[ "${siteurl#*://}/" != "$name"[:/]* ]]; then
    echo "caution address Visitors are led to $home, but WordPress calls its own files at $siteurl -> Set both alike"
  elif [[ -z $public || -z $leads || $leads == 127.* ]]; then
    echo "unknown address WordPress leads visitors to $home; whether that leads to this machine was not told"
  elif [[ -z $elsewhere ]]; then ok address "Visitors are led to $home, which is this machine"
  elif [[ $name == "$leads" ]]; then
    echo "broken address WordPress leads visitors to $home, and this machine's address is ${public%%$'\n'*} -> Set home and siteurl: wp option update, or WP_HOME and WP_SITEURL in wp-config.php"
  elif [[ $elsewhere != "${leads//$'\n'/ }" ]]; then
    echo "caution address $name leads to this machine, and to $elsewhere, too: some visitors get there -> Take that out of the record, unless another machine answers there"
  else
    echo "caution address $name leads to $elsewhere, and this machine's address is ${public%%$'\n'*}: right only with a balancer or CloudFront between"
  fi
}

# ---- in this order ---------------------------------------------------------------------------------------------
refuse_system_folder() {
  case "$1" in /|/bin|/boot|/etc|/home|/opt|/root|/srv|/usr|/var|/var/www|*..*) die folder "$1 is a system folder; nothing was changed." ;; esac
}
[[ $(id -u) == 0 ]] || die machine "It has to be run as root."
cd /
refuse_system_folder "$ROOT"
know_the_machine
exec 9>/run/lock/handrail-wordpress; flock -w 600 9 || die machine "Another run of this script is still at work."

if [[ $MODE == undo ]]; then undo; exit 0; fi
if [[ -n $other && $MODE == apply ]]; then die machine "$other. Nothing was changed."; fi

if [[ " $STEPS " == *" install "* ]]; then
  if [[ -n $other ]]; then die machine "$other."; fi
  if cramped; then step swap "There is a swap file beside the little memory" roomy make_swap; fi
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
if [[ -n $other ]]; then echo "unknown machine $other"; fi
look
pages="$(visitors_see)"
if [[ $MODE == apply ]] && ! command -v apachectl >/dev/null; then die web "No Apache is here, and only Apache is put right."; fi
if [[ $MODE == apply ]] && ! apachectl configtest >/dev/null 2>&1; then
  die web "Apache's configuration has a fault already (apachectl configtest): the restart would end the site. Nothing was changed."
fi
if [[ $sapi == nothing ]]; then
  case $status in
    000) problem="Nothing answers at http://$host$under/" ;;
    200|5*) problem="PHP does not answer through the web server in $ROOT: HTTP $status" ;;
    *) problem="PHP could not be asked: its page at http://$host$under/ answers HTTP $status" ;;
  esac
  if [[ $MODE == apply ]]; then die php "$problem. Nothing was changed."; fi
  if [[ $status == 000 || $status == 200 || $status == 5* ]]; then echo "broken php $problem -> See that PHP and $web run (systemctl status)"
  else echo "unknown php $problem"
  fi
  tell_the_site
  echo "done 0 changed, 0 to change"; exit 0
fi
user="$(getent passwd "${php%:*}" | cut -d: -f1)"
if [[ " $STEPS " == *" files "* ]]; then
  if [[ -z $user ]]; then echo "unknown files Whom PHP runs as could not be told"
  else step files "PHP ($user) can write what it has to, everybody can write nothing, wp-config.php is not for everybody" rightful set_rights
  fi
fi
if [[ " $STEPS " == *" permalinks "* ]]; then
  if [[ $rewritten == "seen "* && $first != 2* ]]; then
    echo "unknown permalinks No page could be asked for by its permalink: $door/ answers HTTP ${first%% *}"
  elif [[ -n $other && -z $real ]]; then echo "unknown permalinks WordPress has no permalink to ask for"
  else step permalinks "Permalinks work: mod_rewrite, and AllowOverride All for $ROOT" rewrites let_rewrite
  fi
fi
if [[ " $STEPS " == *" php "* ]]; then
  step php "PHP takes uploads of ${UPLOAD_MB} MB and ${MEMORY_MB} MB of memory" limited set_limits
  ok php-seen "Through the web server ($sapi, as $user): upload $upload MB, form $post_mb MB, memory $memory MB"
fi
tell_the_site
echo "done $changed changed, $wrong to change"
((failed == 0)) || exit 1
