package ledger

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// originKey finds who made the calls of a connection.
type originKey struct{}

// origin is the process that made the request, "" where it could not be seen.
func origin(ctx context.Context) string {
	name, _ := ctx.Value(originKey{}).(string)
	return name
}

// withOrigin looks once for each connection which of the children holds its other end.
func (f *fleet) withOrigin(ctx context.Context, c net.Conn) context.Context {
	remote, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return ctx
	}
	inode := socketInode(remote.Port)
	if inode == "" {
		return ctx
	}
	for name, pid := range f.pids() {
		if holds(pid, "socket:["+inode+"]") {
			return context.WithValue(ctx, originKey{}, name)
		}
	}
	return ctx
}

// socketInode is the system's number of the loopback socket with this local port.
func socketInode(port int) string {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return ""
	}
	local := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(string(table)) {
		words := strings.Fields(line)
		if len(words) > 9 && strings.HasSuffix(words[1], local) && words[9] != "0" {
			return words[9]
		}
	}
	return ""
}

func holds(pid int, socket string) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if target, err := os.Readlink(filepath.Join(dir, e.Name())); err == nil && target == socket {
			return true
		}
	}
	return false
}
