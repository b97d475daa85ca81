"""The provisioning script, run for real: Apache, PHP as a module and as FPM, MariaDB and WordPress on a Debian machine.

The tests go on from one another, as a machine's life does.
"""

from __future__ import annotations

import re

import pytest
from wordpress.machine import Machine, how, missing, run

from flows.wordpress.script import script

pytestmark = [
    pytest.mark.wild,
    pytest.mark.skipif(bool(missing()), reason=f"the script is not run here: {missing()}"),
    pytest.mark.xdist_group("wordpress machine"),
]
SITE = "http://localhost"
WORD = "Kaffee-0815-x"
EXISTING = "files permalinks php"
HOW = "cd /var/www/html; find . -path ./wp-content/upgrade -prune -o -printf '%m %u:%g %p\\n' | sort | sha256sum"
LOGIN = f"""
curl -s -o /dev/null -c /root/jar {SITE}/wp-login.php
curl -s -o /dev/null -b /root/jar -c /root/jar -d 'log=ada&pwd={WORD}&testcookie=1' {SITE}/wp-login.php
"""
UPLOAD = f"""
yes coffee | head -c 52428800 >/root/big.txt
nonce=$(curl -s -b /root/jar '{SITE}/wp-admin/media-new.php' | grep -o 'name="_wpnonce" value="[0-9a-f]*"' | head -n 1 |
  grep -o '[0-9a-f]\\{{10\\}}')
curl -s -b /root/jar -F action=upload-attachment -F "_wpnonce=$nonce" -F name=big.txt -F async-upload=@/root/big.txt \\
  '{SITE}/wp-admin/async-upload.php'
"""


def status(machine: Machine, path: str) -> str:
    return machine.run(f"curl -s -o /dev/null -w '%{{http_code}}' {SITE}{path}").stdout


def test_a_dry_run_on_a_bare_machine_changes_nothing(machine: Machine) -> None:
    done = run(machine, MODE="check")
    assert done.returncode == 0, done.stderr
    assert how(done) == {"packages": "wrong", "wordpress": "wrong", "database": "wrong", "rest": "wrong"}
    assert machine.run("command -v apache2; ls -A /var/www /var/lib/handrail").stdout == ""


def test_a_bad_archive_is_not_installed(machine: Machine) -> None:
    machine.run("cd /srv; cp wordpress.tar.gz bad.tar.gz; printf %040d 0 >bad.tar.gz.sha1")
    done = run(machine, STEPS="install", ARCHIVE="file:///srv/bad.tar.gz")
    assert done.returncode == 1
    assert "failed wordpress The checksum of file:///srv/bad.tar.gz is wrong." in done.stdout
    assert machine.run("test -e /var/www/html/wp-load.php").returncode == 1


def test_it_installs(machine: Machine) -> None:
    done = run(machine, STEPS="install files")
    assert done.returncode == 0, done.stderr
    steps = {"packages": "ok", "wordpress": "changed", "database": "changed", "files": "changed"}
    assert how(done) == {**steps, "site": "ok"}


def test_the_configuration_is_nobody_elses_and_its_secrets_are_fresh(machine: Machine) -> None:
    assert machine.run("stat -c '%a %U:%G' /var/www/html/wp-config.php").stdout == "640 root:www-data\n"
    text = machine.run("cat /var/www/html/wp-config.php").stdout
    salts = re.findall(r"define\('(?:\w+_KEY|\w+_SALT)', '([A-Za-z0-9]{64})'\);", text)
    (password,) = re.findall(r"define\('DB_PASSWORD', '([A-Za-z0-9]{32})'\);", text)
    assert len(set(salts)) == 8
    assert password not in script()
    kept = machine.run(f"grep -rls {password} /etc /run /tmp /var/log /var/www /var/lib/handrail").stdout
    assert kept == "/var/www/html/wp-config.php\n"


def test_before_permalinks_are_not_found_and_a_large_file_is_refused(machine: Machine) -> None:
    first = machine.run(
        f"curl -s -d 'weblog_title=Blog&user_name=ada&admin_password={WORD}&admin_password2={WORD}&pw_weak=on"
        f"&admin_email=ada@example.com&blog_public=0&language=' '{SITE}/wp-admin/install.php?step=2'"
    )
    assert "Success!" in first.stdout
    permalinks = (
        "require '/var/www/html/wp-load.php'; require ABSPATH . 'wp-admin/includes/admin.php';"
        "add_filter('got_rewrite', '__return_true'); global $wp_rewrite;"
        "$wp_rewrite->set_permalink_structure('/%postname%/'); $wp_rewrite->flush_rules(true);"
    )
    as_web = f'cd /var/www/html && setpriv --reuid=www-data --regid=www-data --clear-groups php -r "{permalinks}"'
    written = machine.run(as_web.replace("$wp", "\\$wp"))
    assert written.returncode == 0, written.stdout + written.stderr
    assert "RewriteRule" in machine.run("cat /var/www/html/.htaccess").stdout
    assert status(machine, "/") == "200"
    assert status(machine, "/hello-world/") == "404"
    machine.run(LOGIN)
    assert '"success":true' not in machine.run(UPLOAD).stdout


def test_the_dry_run_says_what_is_wrong(machine: Machine) -> None:
    before = machine.run(HOW).stdout
    done = run(machine, MODE="check")
    assert {what for what, each in how(done).items() if each == "wrong"} == {"permalinks", "php"}
    assert "upload 2 MB, form 8 MB, memory 128 MB" in done.stdout
    assert machine.run(HOW).stdout == before


def test_after_permalinks_are_found_and_a_large_file_is_taken(machine: Machine) -> None:
    done = run(machine, STEPS=EXISTING, KEY="run-1")
    assert done.returncode == 0, done.stderr
    assert {what for what, each in how(done).items() if each == "changed"} == {"permalinks", "php"}
    assert (
        "Through the web server (apache2handler, as www-data): upload 100 MB, form 108 MB, memory 256 MB" in done.stdout
    )
    assert status(machine, "/hello-world/") == "200"
    machine.run(LOGIN)
    assert '"success":true' in machine.run(UPLOAD).stdout


def test_a_second_run_changes_nothing(machine: Machine) -> None:
    before = machine.run(f"{HOW}; stat -c '%y %n' /etc/apache2/*-enabled/* /etc/php/*/*/conf.d/*").stdout
    done = run(machine)
    assert done.stdout.endswith("done 0 changed, 0 to change\n")
    assert {what for what, each in how(done).items() if each != "ok"} == {"address"}
    assert machine.run(f"{HOW}; stat -c '%y %n' /etc/apache2/*-enabled/* /etc/php/*/*/conf.d/*").stdout == before


def test_what_is_uploaded_is_never_run_and_the_configuration_never_shown(machine: Machine) -> None:
    machine.run("echo '<?php echo 1;' >/var/www/html/wp-content/uploads/x.php")
    assert status(machine, "/wp-content/uploads/x.php") == "403"
    machine.run("rm /var/www/html/wp-content/uploads/x.php")
    assert machine.run(f"curl -s {SITE}/wp-config.php").stdout == ""


def test_modes_of_everybody_are_put_right_and_back(machine: Machine) -> None:
    machine.run(
        "cd /var/www/html; chmod -R 777 wp-content; chown -R root:root wp-content/plugins; chmod 644 wp-config.php"
    )
    before = machine.run(HOW).stdout
    assert how(run(machine, MODE="check", STEPS=EXISTING))["files"] == "wrong"
    assert how(run(machine, STEPS=EXISTING, KEY="run-2"))["files"] == "changed"
    assert machine.run("find /var/www/html -perm /002; stat -c %a /var/www/html/wp-config.php").stdout == "640\n"
    assert run(machine, MODE="undo", STEPS=EXISTING, KEY="run-2").returncode == 0
    assert machine.run(HOW).stdout == before


def test_by_command_only_uploads_are_writable(machine: Machine) -> None:
    assert how(run(machine, STEPS=EXISTING, KEY="run-3", UPDATES="command"))["files"] == "changed"
    writable = "find /var/www/html -user www-data -not -path '*/wp-content/uploads*'"
    assert machine.run(writable).stdout == ""
    run(machine, STEPS=EXISTING, KEY="run-4")


def test_behind_fpm_the_limits_go_where_fpm_reads_them(machine: Machine) -> None:
    switch = (
        "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends php-fpm >/dev/null 2>&1; "
        "a2dismod -q php8.2 mpm_prefork; a2enmod -q mpm_event proxy_fcgi setenvif; a2enconf -q php8.2-fpm; "
        "service php8.2-fpm restart; service apache2 restart"
    )
    machine.run(switch)
    done = run(machine, MODE="check", STEPS=EXISTING)
    assert how(done)["php"] == "wrong", done.stdout
    assert "(fpm-fcgi, as www-data): upload 2 MB" in done.stdout
    done = run(machine, STEPS=EXISTING, KEY="run-5")
    assert how(done)["php"] == "changed"
    assert "(fpm-fcgi, as www-data): upload 100 MB, form 108 MB, memory 256 MB" in done.stdout
    assert status(machine, "/hello-world/") == "200"


def test_what_somebody_changed_since_is_left(machine: Machine) -> None:
    machine.run("echo '; mine' >>/etc/php/8.2/fpm/conf.d/99-handrail-wordpress.ini")
    done = run(machine, MODE="undo", STEPS=EXISTING, KEY="run-5")
    assert done.returncode == 1
    assert "left /etc/php/8.2/fpm/conf.d/99-handrail-wordpress.ini Somebody changed it since." in done.stdout


def test_undo_leads_back_to_before(machine: Machine) -> None:
    assert run(machine, MODE="undo", STEPS=EXISTING, KEY="run-1").returncode == 0
    assert status(machine, "/hello-world/") == "404"
    assert machine.run("ls /etc/apache2/conf-enabled/zz-handrail-wordpress.conf").returncode != 0


@pytest.mark.parametrize("folder", ["/", "/etc", "/var/www", "/var/www/../../etc", "/srv"])
def test_system_folders_and_folders_without_wordpress_are_refused(machine: Machine, folder: str) -> None:
    done = run(machine, STEPS=EXISTING, ROOT=folder)
    assert (done.returncode, "failed folder" in done.stdout) == (1, True)
