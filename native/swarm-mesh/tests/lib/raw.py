"""What Node.js has no sockets for: a ping, and an SCTP chunk as it goes over the wire. Needs only the standard library."""
import os
import socket
import struct
import sys


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def ping(host):
    """Prints `answered` when an echo comes back within a second."""
    fd = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    fd.settimeout(1)
    number = os.getpid() & 0xFFFF
    header = struct.pack("!BBHHH", 8, 0, 0, number, 1)
    fd.sendto(struct.pack("!BBHHH", 8, 0, checksum(header), number, 1), (host, 0))
    while True:
        packet = fd.recv(2048)
        kind, _, _, answered = struct.unpack("!BBHH", packet[20:26])
        if kind == 0 and answered == number:
            print("answered")
            return


def sctp_send(host, port):
    """Sends the INIT that opens an association."""
    init = struct.pack("!BBHIIHHI", 1, 0, 20, 7, 65536, 1, 1, 1)
    common = struct.pack("!HHI", 40000 + os.getpid() % 20000, port, 0)
    crc = struct.pack("<I", crc32c(common + b"\0\0\0\0" + init))
    fd = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
    fd.sendto(common + crc + init, (host, 0))


def sctp_listen():
    """Prints `ready`, then the destination port of the first SCTP packet that arrives within three seconds."""
    fd = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
    fd.settimeout(3)
    print("ready", flush=True)
    packet = fd.recv(2048)
    print(struct.unpack("!H", packet[22:24])[0])


try:
    {"ping": ping, "sctp-send": lambda h, p: sctp_send(h, int(p)), "sctp-listen": sctp_listen}[sys.argv[1]](*sys.argv[2:])
except socket.timeout:
    print("silence")
