#!/bin/busybox sh
# First process of the virtual machine: loads the modules, shows the host's files read-only, runs the tests, switches off.
/bin/busybox mkdir -p /proc /sys /dev /host
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
say() { echo "RIG-KERNEL $*" >/dev/ttyS0; }
end() {
  say "EXIT $1"
  /bin/busybox sleep 0.2
  /bin/busybox reboot -f
}
while read -r module arguments; do
  # shellcheck disable=SC2086
  /bin/busybox insmod "/modules/$module" $arguments || say "NOTE $module was not loaded"
done </modules/list
/bin/busybox mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=524288,cache=loose host /host || end 97
/bin/busybox mount -t proc proc /host/proc || end 98
/bin/busybox mount -t sysfs sysfs /host/sys
/bin/busybox mount -t configfs configfs /host/sys/kernel/config
/bin/busybox mount -t devtmpfs dev /host/dev
/bin/busybox mount -t tmpfs tmpfs /host/run
/bin/busybox mkdir -p /host/run/tmp /host/run/pts
/bin/busybox ip link set lo up
say "BOOTED"
HOME=/run/tmp TMPDIR=/run/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /bin/busybox chroot /host @NODE@ @TESTS@ >/dev/ttyS0 2>&1
end $?
