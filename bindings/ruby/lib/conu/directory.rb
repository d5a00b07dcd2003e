# frozen_string_literal: true

module Conu
  # A folder of this host as a test needs it, such as for a volume. What was made for it is removed by #close, at the
  # end of the block, or by the garbage collector; a folder that existed before is left as it is, with what is in it.
  # One thread at a time may use it.
  class Directory < Handle
    # [path] where; without one, a new folder among the temporary files
    # [mode] such as 0o750
    # [user, group] owner, by name or number
    # [acl_rules] an Array of rules as "setfacl" takes them, such as "u:26:rwx"
    # [selinux_context] such as "system_u:object_r:container_file_t:s0"
    def initialize(path = nil, mode: nil, user: nil, group: nil, acl_rules: [], selinux_context: nil)
      options = Native.directory_options_new
      options.set_path(File.path(path)) if path
      options.set_mode(mode) if mode
      options.set_owner(user&.to_s, group&.to_s)
      acl_rules.each { |rule| options.add_acl_rule(rule) }
      options.set_selinux_context(selinux_context) if selinux_context
      super(Native.directory_new(options))
    end

    # The absolute path.
    def path = native.get_path

    # So it may stand where a path is expected: <tt>File.join(directory, "file")</tt>.
    alias to_path path

    # Removes what was made, with all that is in it by now. Unlike #close it raises where that fails.
    def remove
      native.remove
      nil
    end

    private

    def description = path
  end

  # Whether SELinux is at work on this host: "enforcing", "permissive" or "disabled".
  def self.selinux_status = Native.get_selinux_status

  # A random String of so many lower-case letters, for names that nobody else has.
  def self.random_string(size = 10) = Native.random_string(size)
end
