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

// origin is the process that made the request, "" where it could not be seen because it is gone.
func origin(ctx context.Context) string {
	if found, ok := ctx.Value(originKey{}).(chan string); ok {
		name := <-found
		found <- name
		return name
	}
	return ""
}

// withOrigin looks once for each connection which of the children holds its other end. It holds up neither the next
// connection nor the server.
func (f *fleet) withOrigin(ctx context.Context, c net.Conn) context.Context {
	remote, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return ctx
	}
	found := make(chan string, 1)
	go func() { found <- f.holder(remote.Port) }()
	return context.WithValue(ctx, originKey{}, found)
}

// holder is the process whose socket has this local port.
func (f *fleet) holder(port int) string {
	inode := socketInode(port)
	if inode == "" {
		return ""
	}
	for name, pid := range f.pids() {
		if holds(pid, "socket:["+inode+"]") {
			return name
		}
	}
	return ""
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
