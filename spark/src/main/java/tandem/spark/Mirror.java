package tandem.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Keeps a folder of any file system that Hadoop knows as a local one is: {@code pull} makes the local folder what the
 * remote one is, {@code push} the other way round. Each word on standard input is answered by {@code ok}, or by
 * {@code failed} and one sentence.
 */
public final class Mirror {
    /** Files that are nobody else's: locks, and what is being written. */
    private static final String OWN = "(.*/)?lock|.*\\.tmp";

    private final FileSystem system;
    private final org.apache.hadoop.fs.Path remote;
    private final Path local;

    /** What was pushed or pulled: size and time of each file, by its name below the folder. */
    private final Map<String, String> known = new HashMap<>();

    private Mirror(FileSystem system, org.apache.hadoop.fs.Path remote, Path local) {
        this.system = system;
        this.remote = remote;
        this.local = local;
    }

    /** Serves until standard input ends; the arguments are the remote folder's URI and the local folder. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Mirror mirror = null;
        for (String word = in.readLine(); word != null; word = in.readLine()) {
            String answer;
            try {
                if (mirror == null) {
                    Configuration settings = SparkHadoopUtil.get().newConfiguration(new SparkConf());
                    org.apache.hadoop.fs.Path remote = new org.apache.hadoop.fs.Path(URI.create(arguments[0]));
                    mirror = new Mirror(remote.getFileSystem(settings), remote, Path.of(arguments[1]));
                }
                if (word.equals("pull")) {
                    mirror.pull();
                } else {
                    mirror.push();
                }
                answer = "ok";
            } catch (Exception e) {
                // Whatever a file system throws is one sentence for the user.
                answer = "failed\t" + reason(e);
            }
            System.out.println(answer);
            System.out.flush();
        }
    }

    private static String reason(Exception e) {
        return String.valueOf(e.getMessage() == null ? e : e.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replace('\t', ' ');
    }

    /** Also shows that the remote folder can be written. */
    private void pull() throws IOException {
        system.mkdirs(remote);
        org.apache.hadoop.fs.Path trial = new org.apache.hadoop.fs.Path(remote, "lock");
        system.create(trial, true).close();
        system.delete(trial, false);
        Set<String> there = new TreeSet<>();
        String root = system.getFileStatus(remote).getPath().toUri().getPath();
        RemoteIterator<LocatedFileStatus> files = system.listFiles(remote, true);
        while (files.hasNext()) {
            org.apache.hadoop.fs.Path file = files.next().getPath();
            String name = file.toUri().getPath().substring(root.length() + 1);
            if (name.matches(OWN)) {
                continue;
            }
            there.add(name);
            Path copy = local.resolve(name);
            Files.createDirectories(Objects.requireNonNull(copy.getParent()));
            system.copyToLocalFile(false, file, new org.apache.hadoop.fs.Path(copy.toUri()), true);
            known.put(name, stamp(copy));
        }
        for (String name : names()) {
            if (!there.contains(name)) {
                Files.deleteIfExists(local.resolve(name));
            }
        }
        if (there.isEmpty()) {
            // Folders and locks of a run that was deleted there: a new one begins.
            try (Stream<Path> left = Files.walk(local)) {
                for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
                    if (!path.equals(local)) {
                        Files.delete(path);
                    }
                }
            }
        }
    }

    private void push() throws IOException {
        List<String> names = names();
        for (String name : names) {
            Path file = local.resolve(name);
            String stamp = stamp(file);
            if (!stamp.isEmpty() && !stamp.equals(known.get(name))) {
                org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(remote, name);
                org.apache.hadoop.fs.Path temporary = target.suffix(".tmp");
                system.mkdirs(target.getParent());
                system.copyFromLocalFile(false, true, new org.apache.hadoop.fs.Path(file.toUri()), temporary);
                // Hadoop renames onto no file that is there.
                system.delete(target, false);
                if (!system.rename(temporary, target)) {
                    throw new IOException("%s cannot be renamed to %s".formatted(temporary, target));
                }
                known.put(name, stamp);
            }
        }
        for (String name : Set.copyOf(known.keySet())) {
            if (!names.contains(name)) {
                system.delete(new org.apache.hadoop.fs.Path(remote, name), false);
                known.remove(name);
            }
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(local)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> local.relativize(file).toString())
                    .filter(name -> !name.matches(OWN))
                    .collect(Collectors.toList());
        }
    }

    /** What changes when a file does; empty if it is gone. */
    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.size() + " " + attributes.lastModifiedTime();
        } catch (IOException e) {
            return "";
        }
    }
}
