"""The provisioning script on machines that somebody else furnished, in ways that are right and in ways that are not.

Each test takes a blog that works, behind FPM, and leaves it as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from wordpress.machine import Machine, how, missing, run

pytestmark = [
    pytest.mark.wild,
    pytest.mark.skipif(bool(missing()), reason=f"the script is not run here: {missing()}"),
    pytest.mark.xdist_group("wordpress machine"),
]
STEPS = "files permalinks php"
HTML = "/var/www/html"
FPM = "/etc/php/8.2/fpm"
FURNISHED = r"""
id ec2-user 2>/dev/null && exit
useradd ec2-user; useradd shop
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends php-fpm >/dev/null 2>&1
a2dismod -q php8.2 mpm_prefork; a2enmod -q mpm_event proxy_fcgi setenvif; a2enconf -q php8.2-fpm
service php8.2-fpm restart; service apache2 restart
curl -s -o /dev/null -d 'weblog_title=Blog&user_name=ada&admin_password=Kaffee-0815-x&admin_password2=Kaffee-0815-x' \
  -d 'pw_weak=on&admin_email=ada@example.com&blog_public=0&language=' 'http://localhost/wp-admin/install.php?step=2'
mariadb wordpress -e "UPDATE wp_options SET option_value = '/%postname%/' WHERE option_name = 'permalink_structure';
  DELETE FROM wp_options WHERE option_name = 'rewrite_rules'"
rm -f /var/www/html/.htaccess
"""
KEPT = """
rm -rf /var/lib/handrail /root/right; mkdir /root/right
for each in /etc/apache2 /etc/php /var/www; do cp -a --parents $each /root/right; done
"""
AS_IT_WAS = """
service nginx stop; rm -rf /opt/bitnami /srv/media /usr/local/bin/*
for each in /etc/apache2 /etc/php /var/www; do rm -rf $each; cp -a /root/right$each $each; done
rm -rf /var/lib/handrail
ip address delete 169.254.169.254/32 dev lo
service mariadb start; service php8.2-fpm restart; service apache2 restart
mariadb wordpress -e "UPDATE wp_options SET option_value = 'http://localhost' WHERE option_name IN ('home', 'siteurl')"
"""
RESTARTED = "service php8.2-fpm restart; service apache2 restart"
MODES = f"find {HTML} /srv/media -printf '%m %u:%g %p\\n' 2>/dev/null | sort"
POOL = f"""
cd {FPM}/pool.d
sed 's/^.www.$/[shop]/; s/^user = .*/user = shop/; s/^group = .*/group = shop/' www.conf >shop.conf
sed -i 's,^listen = .*,listen = /run/php/shop.sock,' shop.conf
sed -i 's,php8.2-fpm.sock,shop.sock,' /etc/apache2/conf-enabled/php8.2-fpm.conf
"""
HAPPY = {"files": "ok", "permalinks": "ok", "php": "ok", "php-seen": "ok", "site": "ok", "address": "unknown"}
METADATA = """
ip address add 169.254.169.254/32 dev lo
mkdir -p /srv/meta/latest/meta-data; printf 198.51.100.9 >/srv/meta/latest/meta-data/public-ipv4
cd /srv/meta/latest/meta-data; mkdir -p network/interfaces/macs/0a:1b; cd network/interfaces/macs
echo 0a:1b/ >index.html; printf '198.51.100.9\n198.51.100.10' >0a:1b/public-ipv4s
cat >/etc/apache2/conf-enabled/meta.conf <<'X'
<VirtualHost 169.254.169.254:80>
  DocumentRoot /srv/meta
</VirtualHost>
<Directory /srv/meta>
  Require all granted
</Directory>
X
service apache2 restart
"""
"""An answer of the instance's metadata."""


@pytest.fixture(scope="module")
def furnished(machine: Machine) -> Machine:
    assert run(machine).returncode == 0
    machine.run(FURNISHED)
    done = run(machine, STEPS=STEPS)
    assert done.returncode == 0, done.stdout + done.stderr
    machine.run(KEPT)
    return machine


@pytest.fixture
def blog(furnished: Machine) -> Iterator[Machine]:
    yield furnished
    furnished.run(AS_IT_WAS)


def check(machine: Machine, **parameters: str) -> Mapping[str, str]:
    return how(run(machine, MODE="check", STEPS=STEPS, **parameters))


def at(address: str) -> str:
    where = "WHERE option_name IN ('home', 'siteurl')"
    return f"""mariadb wordpress -e "UPDATE wp_options SET option_value = '{address}' {where}";"""


def status(machine: Machine, path: str = "/") -> str:
    return machine.run(f"curl -sL -o /dev/null -w '%{{http_code}}' http://localhost{path}").stdout


MOVED = f"cd {HTML}/wp-content; mkdir /srv/media; mv uploads /srv/media/; ln -s /srv/media/uploads uploads"
RIGHT = {
    "as it was put right": "",
    "a pool of its own": f"{POOL} chown -R shop:shop {HTML}; chmod 640 {HTML}/wp-config.php; {RESTARTED}",
    "as AWS's tutorial, wp-config.php closed": (
        f"chown -R ec2-user:www-data /var/www; find /var/www -type d -exec chmod 2775 {{}} +; "
        f"find /var/www -type f -exec chmod 0664 {{}} +; chmod 660 {HTML}/wp-config.php"
    ),
    "tools, secrets and a checkout of somebody else": (
        f"cd {HTML}; mkdir .git; touch .git/config .env tool.sh; chmod 600 .env; chmod 755 tool.sh; chown ec2-user .git"
    ),
    "uploads on another disk": MOVED,
    "permalinks by index.php": (
        "mariadb wordpress -e \"UPDATE wp_options SET option_value = '/index.php/%postname%/' "
        f"WHERE option_name = 'permalink_structure'\"; rm {HTML}/.htaccess"
    ),
    "a name of its own": (
        "sed -i 's/^<VirtualHost.*/&\\nServerName blog.example.com/' /etc/apache2/sites-enabled/000-default.conf; "
        f"{at('http://blog.example.com')} service apache2 restart"
    ),
}


@pytest.mark.parametrize("furniture", RIGHT)
def test_what_is_right_is_told_so_and_stays(blog: Machine, furniture: str) -> None:
    blog.run(RIGHT[furniture])
    before = blog.run(MODES).stdout
    assert check(blog) == HAPPY
    assert how(run(blog, STEPS=STEPS)) == HAPPY
    assert blog.run(MODES).stdout == before
    if "index.php" in furniture:
        blog.run(
            "mariadb wordpress -e \"UPDATE wp_options SET option_value = '/%postname%/' "
            "WHERE option_name = 'permalink_structure'\""
        )


TUTORIAL = (
    "chown -R ec2-user:www-data /var/www; find /var/www -type d -exec chmod 2775 {} +; "
    "find /var/www -type f -exec chmod 0664 {} +"
)
OPEN = f"chmod -R 777 {HTML}/wp-content; chown -R root:root {HTML}/wp-content/plugins; chmod 644 {HTML}/wp-config.php"
ROOTS = f"chown -R root:root {HTML}"
DISK = f"{MOVED}; chown -R root:root /srv/media; chmod 755 /srv/media/uploads"


@pytest.mark.parametrize(
    ("furniture", "as_it_must_be"),
    [
        (TUTORIAL, {"wp-config.php": "660 ec2-user:www-data", "wp-admin": "2775 ec2-user:www-data"}),
        (OPEN, {"wp-config.php": "640 root:www-data", "wp-content/plugins": "775 www-data:www-data"}),
        (f"{POOL} {ROOTS}; {RESTARTED}", {"wp-config.php": "640 root:shop", "wp-admin": "755 shop:www-data"}),
        (DISK, {"wp-content/uploads/": "755 www-data:www-data"}),
        (f"{ROOTS}; cd {HTML}; touch .env tool.sh; chmod 600 .env; chmod 755 tool.sh",
         {".env": "600 root:root", "tool.sh": "755 root:root", "wp-admin": "755 www-data:www-data"}),
    ],
    ids=["AWS's tutorial", "open to all", "root's, in a pool of its own", "uploads on another disk", "root's"],
)  # fmt: skip
def test_owners_and_modes_are_put_right_and_back(
    blog: Machine, furniture: str, as_it_must_be: Mapping[str, str]
) -> None:
    blog.run(furniture)
    before = blog.run(MODES).stdout
    assert check(blog)["files"] == "wrong"
    said = next(line for line in run(blog, MODE="check", STEPS=STEPS).stdout.splitlines() if "wrong files" in line)
    assert said.startswith(("wrong files Everybody on the machine can ", "wrong files PHP (")) and "/" in said, said
    done = run(blog, STEPS=STEPS, KEY="k")
    assert how(done) == {**HAPPY, "files": "changed"}, done.stdout
    for path, wanted in as_it_must_be.items():
        assert blog.run(f"stat -c '%a %U:%G' {HTML}/{path}").stdout.strip() == wanted, path
    assert blog.run(f"find {HTML} /srv/media -perm -o+w -not -type l 2>/dev/null").stdout == ""
    blog.run(RESTARTED)
    assert status(blog) == "200"
    assert run(blog, MODE="undo", STEPS=STEPS, KEY="k").returncode == 0
    assert blog.run(MODES).stdout == before


def test_without_its_rules_permalinks_are_wrong_and_wordpress_gets_them_again(blog: Machine) -> None:
    blog.run(f"rm {HTML}/.htaccess")
    assert status(blog, "/hello-world/") == "404"
    assert check(blog) == {**HAPPY, "permalinks": "wrong"}
    assert how(run(blog, STEPS=STEPS, KEY="k"))["permalinks"] == "changed"
    assert status(blog, "/hello-world/") == "200"
    assert blog.run(f"stat -c %U {HTML}/.htaccess").stdout == "www-data\n"
    run(blog, MODE="undo", STEPS=STEPS, KEY="k")
    assert blog.run(f"test -e {HTML}/.htaccess").returncode == 1


@pytest.mark.parametrize("way", ["a sub-folder", "an alias"])
def test_a_blog_below_another_site_is_asked_there_and_put_right(blog: Machine, way: str) -> None:
    folder = f"{HTML}/blog" if way == "a sub-folder" else "/var/www/elsewhere"
    blog.run(
        f"mv {HTML} /var/www/x; mkdir -p {HTML}; mv /var/www/x {folder}; rm {folder}/.htaccess; "
        f"{at('http://localhost/blog')} "
        "rm /etc/apache2/conf-enabled/zz-handrail-wordpress.conf; service apache2 restart"
    )
    if way == "an alias":
        blog.run(f"echo 'Alias /blog {folder}' >/etc/apache2/conf-enabled/alias.conf; service apache2 restart")
    assert check(blog, ROOT=folder) == {**HAPPY, "permalinks": "wrong"}
    assert how(run(blog, STEPS=STEPS, ROOT=folder)) == {**HAPPY, "permalinks": "changed"}
    assert status(blog, "/blog/hello-world/") == "200"


def test_a_dead_database_is_told_with_its_cause(blog: Machine) -> None:
    blog.run("pkill mariadbd; sleep 3")
    blog.run(
        "printf '#!/bin/sh\\necho \"Nov 29 10:00:00 kernel: Out of memory: Killed process 77 (mariadbd)\"\\n' "
        ">/usr/local/bin/journalctl; chmod 755 /usr/local/bin/journalctl"
    )
    done = run(blog, MODE="check", STEPS=STEPS)
    said = how(done)
    assert (said["database"], said["site"], said["permalinks"], said["memory"]) == (
        "broken", "broken", "unknown", "caution",
    )  # fmt: skip
    assert "MariaDB is on this machine, and does not run." in done.stdout
    assert "Killed process 77 (mariadbd)" in done.stdout


@pytest.mark.parametrize(("service", "id_"), [("php8.2-fpm", "php"), ("apache2", "php")])
def test_a_dead_service_is_told_and_nothing_is_changed(blog: Machine, service: str, id_: str) -> None:
    blog.run(f"service {service} stop")
    assert check(blog) == {id_: "broken", "site": "broken"}
    done = run(blog, STEPS=STEPS)
    assert done.returncode == 1 and "Nothing was changed." in done.stdout
    assert blog.run("ls /var/lib/handrail/wordpress").stdout == ""


def test_an_old_address_is_told(blog: Machine) -> None:
    blog.run(METADATA + at("http://203.0.113.5"))
    done = run(blog, MODE="check", STEPS=STEPS)
    assert how(done)["address"] == "broken"
    assert "leads visitors to http://203.0.113.5, and this machine's address is 198.51.100.9" in done.stdout
    blog.run(at("http://198.51.100.9"))
    assert check(blog)["address"] == "ok"
    assert check(blog, SITE="www.example.com")["address"] == "broken"


@pytest.mark.parametrize(
    ("addresses", "grade"),
    [
        ("198.51.100.10", "ok"),
        ("198.51.100.10 198.51.100.9", "ok"),
        ("198.51.100.9 203.0.113.5", "caution"),
        ("203.0.113.5", "caution"),
    ],
)
def test_all_addresses_of_the_machine_and_of_the_name_count(blog: Machine, addresses: str, grade: str) -> None:
    named = "; ".join(f"echo {each} tea.example.com >>/etc/hosts" for each in addresses.split())
    blog.run(f"{METADATA}cp /etc/hosts /root/hosts; {named}; {at('http://tea.example.com')}")
    done = run(blog, MODE="check", STEPS=STEPS)
    blog.run("cp /root/hosts /etc/hosts")
    assert how(done)["address"] == grade, done.stdout
    assert ("203.0.113.5, too" in done.stdout) == (grade == "caution" and " " in addresses)


def test_behind_a_balancer_it_works_and_without_the_lines_for_it_the_loop_is_told(blog: Machine) -> None:
    blog.run(at("https://www.example.com") + RESTARTED)
    assert check(blog) == HAPPY
    blog.run(f"sed -i /HTTP_X_FORWARDED_PROTO/d {HTML}/wp-config.php; {RESTARTED}")
    done = run(blog, MODE="check", STEPS=STEPS)
    assert how(done)["site"] == "broken"
    assert "leading to https://www.example.com, for ever" in done.stdout


@pytest.mark.parametrize(
    ("furniture", "id_", "named"),
    [
        (f"echo 'php_admin_value[upload_max_filesize] = 8M' >>{FPM}/pool.d/www.conf", "php", "pool.d/www.conf:"),
        (f"echo 'upload_max_filesize = 8M' >{FPM}/conf.d/zz-mine.ini", "php", "conf.d/zz-mine.ini"),
        (f"echo 'upload_max_filesize = 8M' >{HTML}/.user.ini", "php", f"{HTML}/.user.ini:1"),
        ("sed -i 's,</VirtualHost>,<Directory /var/www/html>\\nAllowOverride None\\n</Directory>\\n&,' "
         "/etc/apache2/sites-enabled/000-default.conf", "permalinks", "sites-enabled/000-default.conf:"),
    ],
    ids=["pool", "ini", "user.ini", "virtual host"],
)  # fmt: skip
def test_what_goes_before_is_named_and_the_useless_change_is_taken_back(
    blog: Machine, furniture: str, id_: str, named: str
) -> None:
    blog.run(f"rm {FPM}/conf.d/99-* /etc/apache2/conf-enabled/zz-*; {furniture}; {RESTARTED}")
    listed = "ls /etc/apache2/conf-enabled; ls /etc/php/8.2/fpm/conf.d"
    before = blog.run(listed).stdout
    done = run(blog, STEPS=id_, KEY="k")
    assert (done.returncode, how(done)[id_]) == (1, "failed"), done.stdout
    assert named in done.stdout
    assert blog.run(listed).stdout == before
    assert status(blog) == "200"


UNREAD = f"printf '\\nphp_value memory_limit 64M\\n' >>{HTML}/.htaccess"


def test_what_would_break_the_site_is_taken_back_at_once(blog: Machine) -> None:
    """A line in .htaccess that nobody read so far, and that this PHP does not know."""
    blog.run(f"rm /etc/apache2/conf-enabled/zz-*; {UNREAD}; {RESTARTED}")
    assert status(blog) == "200"
    done = run(blog, STEPS=STEPS, KEY="k")
    assert (done.returncode, how(done)["permalinks"]) == (1, "failed"), done.stdout
    assert "(before, 200 http://localhost/; now: 500 http://localhost/" in done.stdout
    assert status(blog) == "200"


def test_where_apache_would_not_start_again_nothing_is_changed(blog: Machine) -> None:
    blog.run("echo Nonsense >/etc/apache2/conf-enabled/x.conf")
    done = run(blog, STEPS=STEPS)
    assert (done.returncode, how(done)) == (1, {"web": "failed"})
    assert status(blog) == "200"


def test_bitnamis_image_is_named(blog: Machine) -> None:
    blog.run("mkdir -p /opt/bitnami")
    assert check(blog)["machine"] == "unknown"
    done = run(blog, STEPS=STEPS)
    assert (done.returncode, "This is Bitnami's image." in done.stdout) == (1, True)


NGINX = r"""
service apache2 stop
cat >/etc/nginx/sites-enabled/default <<'X'
server {
  listen 80 default_server;
  root /var/www/html;
  index index.php;
  server_name blog.example.com;
  location / { try_files $uri $uri/ /index.php?$args; }
  location ~ \.php$ { include fastcgi_params; fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
    fastcgi_pass unix:/run/php/php8.2-fpm.sock; }
}
X
service nginx start
"""


def test_behind_nginx_everything_is_looked_at_and_nothing_is_changed_or_installed(blog: Machine) -> None:
    install = "DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nginx >/dev/null"
    blog.run(f"service apache2 stop; {install}")
    blog.run(NGINX)
    assert check(blog) == {**HAPPY, "machine": "unknown"}
    blog.run("sed -i s,/index.php?.args,=404, /etc/nginx/sites-enabled/default; nginx -s reload; sleep 1")
    assert check(blog)["permalinks"] == "wrong"
    before = blog.run("dpkg -l | sha256sum").stdout
    done = run(blog, ROOT="/var/www/new")
    assert (done.returncode, how(done)) == (1, {"machine": "failed"})
    assert "try_files" in done.stdout
    assert blog.run("dpkg -l | sha256sum; ls /var/www").stdout == f"{before}html\n"
    blog.run("service nginx stop; DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq nginx nginx-common >/dev/null")


SELINUX = r"""
cd /usr/local/bin
printf '#!/bin/sh\necho Enforcing\n' >getenforce
printf '#!/bin/sh\necho "restorecon $*" >>/root/labels\n[ $1 != -R ] || touch /root/labelled\n' >restorecon
cat >semanage <<'X'
#!/bin/sh
echo "semanage $*" >>/root/labels
case $2 in
  -lC) cat /root/policy ;;
  -a) echo "$5 all files system_u:object_r:$4:s0" >/root/policy ;;
  -d) : >/root/policy ;;
esac
X
chmod 755 getenforce restorecon semanage; rm -f /root/labels; : >/root/policy
"""


def test_under_selinux_the_label_stands_in_the_policy_and_is_taken_back(blog: Machine) -> None:
    """SELinux's own commands are stand-ins: this kernel has none of it."""
    blog.run(SELINUX)
    assert check(blog)["files"] == "wrong"
    assert how(run(blog, STEPS=STEPS, KEY="k"))["files"] == "changed"
    assert check(blog)["files"] == "ok"
    run(blog, MODE="undo", STEPS=STEPS, KEY="k")
    told = [
        line for line in blog.run("cat /root/labels").stdout.splitlines() if "-lC" not in line and "-Rnv" not in line
    ]
    assert told == [
        f"semanage fcontext -a -t httpd_sys_rw_content_t {HTML}(/.*)?", f"restorecon -R {HTML}",
        f"semanage fcontext -d {HTML}(/.*)?", f"restorecon -R {HTML}",
    ]  # fmt: skip
