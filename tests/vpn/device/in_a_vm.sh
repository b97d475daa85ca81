#!/bin/sh
# in_a_vm.sh [pytest arguments]
#
# Runs the real tests where this computer's own kernel has no ESP, as in most containers: boots Debian's
# kernel in an emulated computer, over this computer's files (read only) and its Python. Needs root and
#   apt-get install qemu-system-x86 busybox-static cpio kmod, and the packages of lab.py
# and takes about a quarter of an hour, because everything is emulated.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")/../../.." && pwd)
python=${PYTHON:-$(command -v python3)}

# The package is only unpacked: this computer goes on with its own kernel.
kernel=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
version=${kernel#linux-image-}
(cd "$work" && chmod 755 . && apt-get -q download "$kernel" && dpkg -x "$kernel"_*.deb kernel)
depmod -b "$work/kernel" "$version"

mkdir -p "$work/first/bin" "$work/first/modules" "$work/first/new"
cp /bin/busybox "$work/first/bin/"
for module in virtio_pci 9pnet_virtio 9p overlay; do
  modprobe -d "$work/kernel" -S "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | {
  number=10
  while read -r module; do
    cp "$module" "$work/first/modules/$number-$(basename "$module")"
    number=$((number + 1))
  done
}

cat >"$work/first/init" <<'INIT'
#!/bin/busybox sh
busybox=/bin/busybox
for folder in proc sys dev lower tmp; do $busybox mkdir -p /$folder; done
$busybox mount -t proc proc /proc
$busybox mount -t sysfs sysfs /sys
$busybox mount -t devtmpfs dev /dev
for module in /modules/*; do $busybox insmod $module; done
$busybox mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose files /lower
$busybox mount -t tmpfs tmpfs /tmp
$busybox mkdir /tmp/upper /tmp/work
$busybox mount -t overlay -o lowerdir=/lower,upperdir=/tmp/upper,workdir=/tmp/work overlay /new
for folder in proc sys dev; do $busybox mount --move /$folder /new/$folder; done
exec $busybox switch_root /new /bin/sh -c "$($busybox sed 's/.*handrail.script=\([^ ]*\).*/. \1/' /new/proc/cmdline)"
INIT
chmod 755 "$work/first/init"
(cd "$work/first" && find . | cpio --quiet -o -H newc) >"$work/first.img"

cat >"$work/tests.sh" <<TESTS
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t tmpfs tmpfs /run
mkdir -p /lib/modules && cp -a "$work/kernel/lib/modules/$version" /lib/modules/
ip link set lo up
cd "$here" && "$python" -m pytest -p no:cacheprovider --color=no -v --tb=short $* tests/vpn/device/test_real_strongswan.py
echo "pytest ended with \$?"
sync
echo o >/proc/sysrq-trigger
exec cat
TESTS

qemu-system-x86_64 -machine q35 -accel tcg,thread=multi -cpu max -smp 2 -m 4g -nographic -no-reboot -nic none \
  -kernel "$work/kernel/boot/vmlinuz-$version" -initrd "$work/first.img" \
  -fsdev local,id=files,path=/,security_model=passthrough,readonly=on,multidevs=remap \
  -device virtio-9p-pci,fsdev=files,mount_tag=files \
  -append "console=ttyS0 quiet panic=-1 handrail.script=$work/tests.sh" </dev/null | tee "$work/log"
grep -q "^pytest ended with 0" "$work/log"
