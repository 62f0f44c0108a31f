require 'faye/websocket'
require 'eventmachine'

$stdout.sync = true
EM.run do
  socket = Faye::WebSocket::Client.new(ARGV[0], [], headers: { 'Authorization' => "Bearer #{ARGV[1]}" })
  opened = false
  socket.on(:open) do
    opened = true
    puts 'open'
  end
  socket.on(:message) { |event| puts "message #{event.data.length}" }
  socket.on(:close) do |event|
    if opened
      puts "closed #{event.code}"
    else
      headers = socket.headers || {}
      puts "refused #{socket.status || 'none'} #{headers['Retry-After']}"
    end
    EM.stop
  end
end
