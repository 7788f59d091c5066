# tcllib's websocket: an error of a handler is a background error, and the connection stays or goes as the library has it.
package require websocket
proc text {name} { expr {[info exists ::env(PLAN_$name)] ? $::env(PLAN_$name) : ""} }
proc number {name} { set value [text $name]; expr {$value eq "" ? 0 : $value} }
proc ms {name} { expr {int(1000 * [number $name])} }
proc bgerror {message} {}
array set alive {}

proc end {sock} {
  global alive
  if {![info exists alive($sock)]} return
  forget $sock
  set code [expr {[number CODE] > 0 ? [number CODE] : 1000}]
  if {$code == 1006} { catch {::websocket::Disconnect $sock}; catch {close $sock} } else { catch {::websocket::close $sock $code [text REASON]} }
}
proc forget {sock} { global alive timers; unset -nocomplain alive($sock); foreach one [array names timers $sock,*] { after cancel $timers($one); unset timers($one) } }
proc later {sock name ms script} { global timers; if {[info exists timers($sock,$name)]} { after cancel $timers($sock,$name) }; set timers($sock,$name) [after $ms $script] }
proc push {sock} { ::websocket::send $sock text {{"type":"news"}}; later $sock push [ms PUSH_S] [list push $sock] }
proc quiet {sock} { if {$::alive($sock) eq 0} { end $sock } }

proc handler {sock type message} {
  global alive bytes
  switch -- $type {
    connect {
      set alive($sock) 0
      set bytes($sock) 0
      if {[text HELLO] ne ""} { ::websocket::send $sock text [text HELLO] }
      if {[number AGE_S] > 0} { later $sock age [ms AGE_S] [list end $sock] }
      if {[number IDLE_S] > 0} { later $sock idle [ms IDLE_S] [list end $sock] }
      if {[number LOGIN_S] > 0} { later $sock login [ms LOGIN_S] [list quiet $sock] }
      if {[number PUSH_S] > 0} { later $sock push [ms PUSH_S] [list push $sock] }
    }
    text - binary {
      if {![info exists alive($sock)]} return
      if {[number IDLE_S] > 0} { later $sock idle [ms IDLE_S] [list end $sock] }
      incr alive($sock)
      incr bytes($sock) [string length $message]
      if {[text CRASH] ne "" && [string first [text CRASH] $message] >= 0} { error "the handler failed" }
      if {([number COUNT] > 0 && $alive($sock) >= [number COUNT]) || ([number BYTES] > 0 && $bytes($sock) >= [number BYTES])} {
        end $sock
      } else { ::websocket::send $sock text $message }
    }
    close - disconnect - error { forget $sock }
  }
}

proc accept {sock address port} {
  fconfigure $sock -translation {auto crlf} -blocking 0
  fileevent $sock readable [list head $sock]
}
proc head {sock} {
  global lines
  while {[gets $sock line] >= 0} {
    if {$line ne ""} { lappend lines($sock) $line; continue }
    fileevent $sock readable {}
    set headers {}
    foreach one [lrange $lines($sock) 1 end] { regexp {^([^:]+):\s*(.*)$} $one -> name value; lappend headers $name $value }
    if {![dict exists $headers Sec-WebSocket-Protocol]} { lappend headers Sec-WebSocket-Protocol "" }
    set path [lindex [split [lindex $lines($sock) 0]] 1]
    unset lines($sock)
    if {[::websocket::test $::server $sock $path $headers]} { ::websocket::upgrade $sock } else { close $sock }
    return
  }
  if {[eof $sock]} { unset -nocomplain lines($sock); close $sock }
}
set server [socket -server accept -myaddr 127.0.0.1 [lindex $argv 0]]
::websocket::server $server
::websocket::live $server * handler
vwait forever
