#!/bin/sh
# vpn-b85b10368ae7a670f: office
# aws-tunnels.sh up      make the tunnel interfaces and their routes; may be repeated at any time
# aws-tunnels.sh routes  a tunnel came up or went down (strongSwan calls this)
# aws-tunnels.sh down    remove all that "up" made; packets for the VPC then follow the default route
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin

vpc='10.0.0.0/16'

# interface NAME KEY INSIDE-ADDRESS AWS-ADDRESS MTU
interface() {
  ip link show dev "$1" >/dev/null 2>&1 || ip link add "$1" type vti remote "$4" key "$2"
  ip address replace "$3" dev "$1"
  # Answers may come back through the other tunnel.
  echo 2 >"/proc/sys/net/ipv4/conf/$1/rp_filter"
  echo 1 >"/proc/sys/net/ipv4/conf/$1/disable_policy"
  ip link set "$1" mtu "$5" up
}

# tunnel_routes NAME KEY AWS-ADDRESS METRIC: a route while the kernel holds keys for the tunnel, else none
tunnel_routes() {
  if ip xfrm state list dst "$3" | grep -q "$(printf 'mark 0x%x/' "$2")"; then
    change=replace
  else
    change=delete
  fi
  for network in $vpc; do
    ip route $change "$network" dev "$1" metric "$4" 2>/dev/null || true
  done
}

routes() {
  tunnel_routes vti-aws1 101 198.18.24.213 100
  tunnel_routes vti-aws2 102 198.18.57.112 200
}

up() {
  echo 1 >/proc/sys/net/ipv4/ip_forward
  # Last resort: with both tunnels down, packets for the VPC must not leave unencrypted.
  for network in $vpc; do
    ip route replace blackhole "$network" metric 4278198272
  done
  interface vti-aws1 101 169.254.26.126/30 198.18.24.213 1419
  interface vti-aws2 102 169.254.252.118/30 198.18.57.112 1419
  nft -f - <<'RULES'
table ip aws_vpn
delete table ip aws_vpn
table ip aws_vpn {
  # Larger segments do not fit into the tunnels; downloads would hang.
  chain segment_size {
    type filter hook forward priority mangle
    oifname "vti-aws1" tcp flags & (syn | rst) == syn tcp option maxseg size set 1379
    iifname "vti-aws1" tcp flags & (syn | rst) == syn tcp option maxseg size set 1379
    oifname "vti-aws2" tcp flags & (syn | rst) == syn tcp option maxseg size set 1379
    iifname "vti-aws2" tcp flags & (syn | rst) == syn tcp option maxseg size set 1379
  }
  # A second lock on the same door as the blackhole routes.
  chain never_unencrypted {
    type filter hook postrouting priority filter
    oifname "eth0" rt ipsec missing ip daddr 10.0.0.0/16 drop
  }
}
RULES
  routes
}

down() {
  for name in vti-aws1 vti-aws2; do
    ip link delete "$name" 2>/dev/null || true
  done
  nft delete table ip aws_vpn 2>/dev/null || true
  for network in $vpc; do
    ip route delete blackhole "$network" metric 4278198272 2>/dev/null || true
  done
}

case "${1:-}" in
up) up ;;
routes)
  routes
  # At "down" the kernel still has the keys; strongSwan removes them once this script has returned.
  (sleep 1 && routes) </dev/null >/dev/null 2>&1 &
  ;;
down) down ;;
*)
  echo "usage: $0 up|down" >&2
  exit 2
  ;;
esac
